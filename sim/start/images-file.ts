// Reads CachedImages from YAML, as `kubectl apply` would take them, and refuses what the coordinator could not use. What
// is left for the API server is what only the schema knows, such as fields that do not exist.

import { LineCounter, parseAllDocuments } from 'yaml';
import { parseWish } from '../../coordinator/core/wish.ts';
import { isJsonObject } from '../../shared/json.ts';
import type { KubeObject } from '../../shared/kube-types.ts';
import { apiGroup, apiVersion } from '../../shared/names.ts';

export interface CachedImage extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A file that holds no CachedImages; the message names document and field. */
export class ImagesFileError extends Error {
  override readonly name = 'ImagesFileError';
}

const groupVersion = `${apiGroup}/${apiVersion}`;
/** As many as a big platform team has, ten times over; more would only be a mistaken file. */
const maxImages = 1_000;

/**
 * Empty documents are skipped.
 * @throws ImagesFileError, one line
 */
export function parseImagesFile(text: string): readonly CachedImage[] {
  const images = parseDocuments(text)
    .filter(({ value }) => value !== null && value !== undefined)
    .map(({ value, place }) => readCachedImage(value, place));
  if (images.length === 0) throw new ImagesFileError('there is no CachedImage in it');
  if (images.length > maxImages)
    throw new ImagesFileError(`${images.length} CachedImages are more than ${maxImages}`);
  const names = new Set<string>();
  for (const { metadata } of images) {
    if (names.has(metadata.name))
      throw new ImagesFileError(`two CachedImages are named ${metadata.name}`);
    names.add(metadata.name);
  }
  return images;
}

interface Document {
  readonly value: unknown;
  /** Such as `document 2`. */
  readonly place: string;
}

function parseDocuments(text: string): readonly Document[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.map((document, index) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line } = lineCounter.linePos(error.pos[0]);
      const [sentence = 'it cannot be read'] = error.message.split('\n');
      throw new ImagesFileError(`line ${line} is not YAML: ${sentence}`);
    }
    const place = `document ${index + 1}`;
    return { value: resolveAliases(document, place), place };
  });
}

// The library refuses documents whose aliases multiply.
function resolveAliases(document: { toJS(): unknown }, place: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ImagesFileError(
      `${place} is not YAML: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function readCachedImage(value: unknown, place: string): CachedImage {
  const fail = (problem: string): never => {
    throw new ImagesFileError(`${place}: ${problem}`);
  };
  if (!isJsonObject(value)) return fail('not an object');
  const { apiVersion: version, kind, metadata, spec } = value;
  if (version !== groupVersion) return fail(`apiVersion is ${show(version)}, not ${groupVersion}`);
  if (kind !== 'CachedImage') return fail(`kind is ${show(kind)}, not CachedImage`);
  if (!isJsonObject(metadata) || typeof metadata['name'] !== 'string' || metadata['name'] === '')
    return fail('metadata.name is missing');
  const name = metadata['name'];
  if (!isJsonObject(spec)) return fail(`spec of ${name} is missing`);
  const parsed = parseWish(spec);
  if (parsed.kind === 'invalid') return fail(`${name}: ${parsed.message}`);
  return { ...value, apiVersion: groupVersion, kind, metadata: { ...metadata, name }, spec };
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : 'missing';
}
