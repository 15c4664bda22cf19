// THIRD-PARTY-NOTICES.txt: who wrote what is inside the bundles, with their licences in full, because nearly all of them
// ask that copies carry the text.

import type { ShippedPackage } from './shipped-packages.ts';

// Licences that let a program go out without their text.
const silentLicences: readonly string[] = ['Unlicense', '0BSD', 'CC0-1.0'];

// What an Apache-2.0 program may carry; another licence is looked at by a person first.
const acceptedLicences: readonly string[] = [
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  ...silentLicences,
];

/** Sentences about packages that must not be shipped as they are. */
export function findLicenceProblems(packages: readonly ShippedPackage[]): readonly string[] {
  return packages.flatMap(({ name, version, licence, texts }) => {
    if (!acceptedLicences.includes(licence))
      return [
        `${name} ${version} has the licence ${licence}: add it to scripts/notices.ts or drop it`,
      ];
    if (texts.length === 0 && !silentLicences.includes(licence))
      return [`${name} ${version} has no licence text, which ${licence} asks for`];
    return [];
  });
}

export function formatNotices(packages: readonly ShippedPackage[]): string {
  const head = 'Forehold contains the following software of others.\n';
  const parts = packages.map(({ name, version, licence, texts }) =>
    [`${name} ${version} (${licence})`, ...texts].join('\n\n'),
  );
  const rule = `\n${'-'.repeat(78)}\n\n`;
  return [head, ...parts.map((part) => `${part}\n`)].join(rule);
}
