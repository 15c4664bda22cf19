import { describe, expect, test } from 'vitest';
import { readArguments } from '../../shared/arguments.ts';

const kinds = { json: 'flag', nodes: 'value' } as const;

describe('readArguments', () => {
  test('flags, values and words are told apart, in any order', () => {
    expect(readArguments(['leases', '--nodes', '3', '--json', 'more'], kinds)).toEqual({
      kind: 'read',
      flags: new Set(['json']),
      values: new Map([['nodes', '3']]),
      words: ['leases', 'more'],
    });
  });

  test('a value may follow an equals sign, and then begin with dashes', () => {
    const read = readArguments(['--nodes=--3'], kinds);
    expect(read).toMatchObject({ kind: 'read', values: new Map([['nodes', '--3']]) });
  });

  test.for<[argv: string[], problem: string]>([
    [['--node', '3'], 'unknown option --node (see --help)'],
    [['-n', '3'], 'unknown option -n (see --help)'],
    [['--no-json'], 'unknown option --no-json (see --help)'],
    [['--toString'], 'unknown option --toString (see --help)'],
    [['--nodes'], '--nodes needs a value'],
    [['--nodes='], '--nodes needs a value'],
    [['--nodes', '--json'], '--nodes needs a value'],
    [['--json=yes'], '--json takes no value'],
    [['--json', '--json'], '--json is given twice'],
    [['--nodes', '3', '--nodes', '4'], '--nodes is given twice'],
  ])('%j is refused: %s', ([argv, problem]) => {
    expect(readArguments(argv, kinds)).toEqual({ kind: 'invalid', problem });
  });
});
