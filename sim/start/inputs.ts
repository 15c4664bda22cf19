// Reads the files that the options name. A problem is one line for the user.

import { readFileSync } from 'node:fs';
import type { Limit } from '../../coordinator/core/limits.ts';
import { readLimits } from '../../coordinator/limits-config.ts';
import { describeFileError } from '../../shared/file-error.ts';
import { type CachedImage, ImagesFileError, parseImagesFile } from './images-file.ts';
import { sampleImages, toCachedImage } from './sample-images.ts';

export type Inputs =
  | {
      readonly kind: 'read';
      readonly images: readonly CachedImage[];
      /** What the limits file says; empty without one. */
      readonly limits: readonly Limit[];
    }
  | { readonly kind: 'invalid'; readonly problem: string };

/** The largest file that is read: a thousand CachedImages are about 300 KB. */
const maxFileLength = 10 * 1024 * 1024;

class InputError extends Error {
  override readonly name = 'InputError';
}

export function readInputs(imagesFile: string | undefined, limitsFile: string | undefined): Inputs {
  try {
    const images =
      imagesFile === undefined ? sampleImages.map(toCachedImage) : readImages(imagesFile);
    const limits = limitsFile === undefined ? [] : readLimitsFile(limitsFile);
    return { kind: 'read', images, limits };
  } catch (error) {
    if (error instanceof InputError) return { kind: 'invalid', problem: error.message };
    throw error;
  }
}

function readImages(file: string): readonly CachedImage[] {
  const text = readText('--images', file);
  try {
    return parseImagesFile(text);
  } catch (error) {
    if (!(error instanceof ImagesFileError)) throw error;
    throw new InputError(`--images: cannot use ${file}: ${error.message}`, { cause: error });
  }
}

function readLimitsFile(file: string): readonly Limit[] {
  const reading = readLimits(readText('--limits', file));
  if (reading.kind === 'read') return reading.limits;
  throw new InputError(`--limits: cannot use ${file}: ${reading.problems.join('; ')}`);
}

function readText(option: string, file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length <= maxFileLength) return text;
  } catch (error) {
    throw new InputError(`${option}: cannot read ${file}: ${describeFileError(error)}`, {
      cause: error,
    });
  }
  throw new InputError(`${option}: cannot read ${file}: longer than ${maxFileLength} characters`);
}
