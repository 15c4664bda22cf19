import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatReasonsPage, formatReasonTexts, parseReasons } from '../../scripts/reasons.ts';
import { describeReason, listReasons } from '../../shared/reason.ts';

const proto = readFileSync('proto/forehold/v1/types.proto', 'utf8');

describe('parseReasons', () => {
  test('names every reason as the code does, with a meaning and a remedy', () => {
    const reasons = parseReasons(proto);
    expect(reasons.map(({ name }) => name)).toEqual(listReasons());
    for (const { name, meaning, remedy } of reasons) {
      expect(meaning, name).toMatch(/^[A-Z].*\.$/);
      expect(remedy, name).toMatch(/^[A-Z`].*\.$/);
    }
  });

  test.for([
    ['// Only what it means.', /REASON_A: it needs one sentence of meaning and one of what to do/],
    ['', /REASON_A/],
  ] as const)('refuses a reason with the comment "%s"', ([comment, message]) => {
    const text = `enum Reason {\n  REASON_UNSPECIFIED = 0;\n  ${comment}\n  REASON_A = 1;\n}`;
    expect(() => parseReasons(text)).toThrow(message);
    expect(() => parseReasons('enum Other {}')).toThrow('there is no enum Reason');
  });
});

describe('formatReasonsPage', () => {
  test('is a table of all reasons by name', () => {
    const text = formatReasonsPage(parseReasons(proto));
    const names = [...text.matchAll(/^\| ([A-Z]\w+) \|/gm)].map(([, name]) => name);
    expect(names).toEqual([...listReasons()].sort());
    expect(text).toBe(readFileSync('docs/reasons.md', 'utf8'));
  });
});

describe('formatReasonTexts', () => {
  test('gives the code the same words', () => {
    const [first] = parseReasons(proto);
    expect(formatReasonTexts(parseReasons(proto))).toContain(first?.meaning);
    expect(describeReason('Cached')).toEqual({ meaning: first?.meaning, remedy: first?.remedy });
    expect(describeReason('')).toEqual({ meaning: '', remedy: '' });
  });
});
