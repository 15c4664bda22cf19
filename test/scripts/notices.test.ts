import { describe, expect, test } from 'vitest';
import { findLicenceProblems, formatNotices } from '../../scripts/notices.ts';
import type { ShippedPackage } from '../../scripts/shipped-packages.ts';

const made: ShippedPackage = {
  name: 'made',
  version: '1.2.3',
  licence: 'MIT',
  texts: ['Copyright of somebody'],
};

describe('formatNotices', () => {
  test('every package stands there with its licence and its texts', () => {
    const other = { ...made, name: '@scope/other', texts: ['First text', 'Second text'] };
    const text = formatNotices([made, other]);
    expect(text).toContain('made 1.2.3 (MIT)\n\nCopyright of somebody\n');
    expect(text).toContain('@scope/other 1.2.3 (MIT)\n\nFirst text\n\nSecond text\n');
  });
});

describe('findLicenceProblems', () => {
  test.for<[fact: string, given: Partial<ShippedPackage>, problem: string | undefined]>([
    ['a licence that is known, with its text', {}, undefined],
    ['no text where the licence asks for none', { licence: 'Unlicense', texts: [] }, undefined],
    ['no text where it does', { texts: [] }, 'no licence text, which MIT asks for'],
    ['a licence nobody has looked at', { licence: 'GPL-3.0-only' }, 'add it to scripts/notices.ts'],
  ])('%s: %s', ([, given, problem]) => {
    const problems = findLicenceProblems([{ ...made, ...given }]);
    expect(problems).toEqual(problem === undefined ? [] : [expect.stringContaining(problem)]);
  });
});
