import { describe, expect, test } from 'vitest';
import { readOptions } from '../../../sim/start/options.ts';

describe('readOptions', () => {
  test('without options everything has its default', () => {
    expect(readOptions([], undefined)).toEqual({
      kind: 'run',
      options: {
        nodes: 12,
        imagesFile: undefined,
        pullTimeMs: undefined,
        seed: 1,
        speed: 5,
        limitsFile: undefined,
        exitWhenWarm: false,
        json: false,
        logLevel: undefined,
      },
    });
  });

  test('every option is read', () => {
    const argv = [
      ...['--nodes', '20', '--images', 'i.yaml', '--pull-time', '1m30s', '--seed', '0'],
      ...['--speed', '0.5', '--limits', 'l.yaml', '--exit-when-warm', '--json', '--log', 'debug'],
    ];
    expect(readOptions(argv, 'info')).toEqual({
      kind: 'run',
      options: {
        nodes: 20,
        imagesFile: 'i.yaml',
        pullTimeMs: 90_000,
        seed: 0,
        speed: 0.5,
        limitsFile: 'l.yaml',
        exitWhenWarm: true,
        json: true,
        logLevel: 'debug',
      },
    });
  });

  test('help wins over everything that can be read', () => {
    expect(readOptions(['--help', '--nodes', 'x'], undefined)).toEqual({ kind: 'help' });
  });

  test.for<[argv: string[], problem: string]>([
    [['--nodes', '0'], '--nodes: "0" is not a whole number from 1 to 1000'],
    [['--nodes', '1001'], '--nodes: "1001" is not a whole number from 1 to 1000'],
    [['--nodes', '1e2'], '--nodes: "1e2" is not a whole number from 1 to 1000'],
    [['--nodes=-3'], '--nodes: "-3" is not a whole number from 1 to 1000'],
    [['--nodes', '2.5'], '--nodes: "2.5" is not a whole number from 1 to 1000'],
    [['--nodes'], '--nodes needs a value'],
    [['--seed', '4294967296'], '--seed: "4294967296" is not a whole number from 0 to 4294967295'],
    [['--speed', '0'], '--speed: "0" is not a number from 0.1 to 50'],
    [['--speed', 'fast'], '--speed: "fast" is not a number from 0.1 to 50'],
    [['--speed', '51'], '--speed: "51" is not a number from 0.1 to 50'],
    [['--pull-time', '45'], '--pull-time: "45" is not a duration from 10ms to 30m, such as 45s'],
    [['--pull-time', '0'], '--pull-time: "0" is not a duration from 10ms to 30m, such as 45s'],
    [['--pull-time', '2h'], '--pull-time: "2h" is not a duration from 10ms to 30m, such as 45s'],
    [['--log', 'loud'], '--log: "loud" is not one of error, warn, info, debug, silent'],
    [['--frobnicate'], 'unknown option --frobnicate (see --help)'],
    [['12'], 'unexpected argument 12 (see --help)'],
    [['--json=1'], '--json takes no value'],
  ])('%j is refused: %s', ([argv, problem]) => {
    expect(readOptions(argv, undefined)).toEqual({ kind: 'invalid', problem });
  });

  test('the log level may come from the environment, and is checked as well', () => {
    expect(readOptions([], 'debug')).toMatchObject({ options: { logLevel: 'debug' } });
    expect(readOptions([], 'x')).toMatchObject({ kind: 'invalid' });
  });
});
