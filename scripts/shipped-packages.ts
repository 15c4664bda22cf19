// Which packages of others are inside the bundles: only they are shipped, and so only they ask for a notice and stand in
// the bill of materials. The lock file knows more, most of which never leaves node_modules.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package says it. */
  readonly licence: string;
  /** Licence and notice files, in the order of their names; empty when the package has none. */
  readonly texts: readonly string[];
}

// node_modules/NAME, node_modules/@SCOPE/NAME, or one of these inside another package.
const folderPattern = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const textPattern = /^(licen[cs]e|copying|notice)(\.|$)/i;

/** The folder of the package that a source file belongs to; undefined for a file of our own. */
export function findPackageFolder(file: string): string | undefined {
  return folderPattern.exec(file)?.[1];
}

/** Each package once, by name and version, in that order; folders may repeat. */
export function readShippedPackages(folders: readonly string[]): readonly ShippedPackage[] {
  const read = [...new Set(folders)].map(readShippedPackage);
  const byKey = new Map(read.map((one) => [`${one.name}@${one.version}`, one]));
  return [...byKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, one]) => one);
}

/** @throws Error when the folder holds no package with a name, a version and a licence */
function readShippedPackage(folder: string): ShippedPackage {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  const { name, version, license: licence }: Record<string, unknown> = JSON.parse(text);
  if (typeof name !== 'string' || typeof version !== 'string' || typeof licence !== 'string')
    throw new Error(`cannot read ${folder}: its package.json lacks name, version or license`);
  const files = readdirSync(folder).filter((file) => textPattern.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name, version, licence, texts };
}
