import { describe, expect, test } from 'vitest';
import { readOptions } from '../../../sim/simulate/options.ts';

describe('readOptions', () => {
  test('without arguments it is ten seeds of ten minutes', () => {
    expect(readOptions([])).toEqual({
      firstSeed: 1,
      seeds: 10,
      minutes: 10,
      nodes: 30,
      images: 10,
      json: false,
    });
  });

  test('a seed alone is that seed only, with a count it is the first one', () => {
    expect(readOptions(['--seed', '7'])).toMatchObject({ firstSeed: 7, seeds: 1 });
    expect(readOptions(['--seed', '7', '--seeds=3'])).toMatchObject({ firstSeed: 7, seeds: 3 });
  });

  test('help wins over everything that makes sense', () => {
    expect(readOptions(['--help', '--seeds', '5'])).toBe('help');
  });

  test.for([
    [['--seeds', '0'], '--seeds: "0" is not a whole number from 1 to 100000'],
    [['--minutes', 'ten'], '--minutes: "ten" is not a whole number from 1 to 1440'],
    [['--seed', '2147483648', '--seeds', '2'], '--seeds: "2" is not a whole number from 1 to 1'],
    [['--sedes', '5'], 'unknown option --sedes (see --help)'],
    [['--seeds'], '--seeds needs a value'],
    [['30'], 'unexpected argument 30 (see --help)'],
  ] as const)('%j is one sentence', ([argv, sentence]) => {
    expect(readOptions(argv)).toBe(sentence);
  });
});
