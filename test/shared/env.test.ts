import { describe, expect, test } from 'vitest';
import {
  ConfigError,
  type Environment,
  EnvReader,
  formatHostPort,
  parseHostPort,
} from '../../shared/env.ts';

function problemsOf(environment: Environment, read: (reader: EnvReader) => void) {
  const reader = new EnvReader(environment);
  read(reader);
  try {
    reader.finish();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('EnvReader', () => {
  test('reads what is set and falls back to defaults', () => {
    const reader = new EnvReader({
      FOREHOLD_A: '[::1]:5',
      FOREHOLD_B: '',
      FOREHOLD_C: 'images',
      FOREHOLD_D: 'warn',
      OTHER: 'x',
    });
    expect(reader.hostPort('FOREHOLD_A', '127.0.0.1:1')).toEqual({ host: '::1', port: 5 });
    expect(reader.text('FOREHOLD_B', 'given')).toBe('given');
    expect(reader.namespace('FOREHOLD_C', 'pulls')).toBe('images');
    expect(reader.oneOf('FOREHOLD_D', ['info', 'warn'], 'info')).toBe('warn');
    expect(reader.required('OTHER')).toBe('x');
    expect(reader.optional('MISSING')).toBeUndefined();
    expect(() => reader.finish()).not.toThrow();
  });

  test('reports every problem at once', () => {
    const problems = problemsOf(
      { FOREHOLD_A: 'nowhere', FOREHOLD_C: 'Images', FOREHOLD_D: 'loud', FOREHOLD_TYPO: '1' },
      (reader) => {
        reader.required('NODE_NAME');
        reader.hostPort('FOREHOLD_A', '127.0.0.1:1');
        reader.namespace('FOREHOLD_C', 'pulls');
        reader.oneOf('FOREHOLD_D', ['info', 'warn'], 'info');
        reader.problem('the file is wrong');
      },
    );
    expect(problems).toEqual([
      'NODE_NAME is not set',
      'FOREHOLD_A must be HOST:PORT such as 127.0.0.1:1, not "nowhere"',
      'FOREHOLD_C must be the name of a namespace, not "Images"',
      'FOREHOLD_D must be one of info, warn, not "loud"',
      'the file is wrong',
      'FOREHOLD_TYPO is not a setting of this program (it knows FOREHOLD_A, FOREHOLD_C, FOREHOLD_D, NODE_NAME)',
    ]);
  });
});

describe('formatHostPort', () => {
  test.for(['127.0.0.1:80', '[::1]:0', 'name.example:65535'])('writes %s as it was', (text) => {
    const { host, port } = parseHostPort(text) ?? { host: '', port: -1 };
    expect(formatHostPort(host, port)).toBe(text);
  });
});

describe('parseHostPort', () => {
  test.for([
    ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['name.example:65535', { host: 'name.example', port: 65_535 }],
    ['127.0.0.1', undefined],
    ['127.0.0.1:65536', undefined],
    ['::1:80', undefined],
    [':80', undefined],
    ['a b:80', undefined],
  ] as const)('reads %s', ([text, expected]) => {
    expect(parseHostPort(text)).toEqual(expected);
  });
});
