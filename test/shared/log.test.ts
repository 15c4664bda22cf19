import { describe, expect, test } from 'vitest';
import { openLog } from '../../shared/log.ts';

function logged(fields: object): Readonly<Record<string, unknown>> {
  const lines: string[] = [];
  const log = openLog('test', 'info', { write: (line) => lines.push(line) });
  log.info(fields, 'something happened');
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

describe('openLog', () => {
  test('writes one line of JSON with program, level and message', () => {
    const line = logged({ node: 'n1' });
    expect(line).toMatchObject({
      program: 'test',
      level: 'info',
      msg: 'something happened',
      node: 'n1',
    });
  });

  test('says the message of an error once, although it repeats that of its cause', () => {
    const cause = new Error('nobody answers');
    const { err } = logged({ err: new Error('cannot ask: nobody answers', { cause }) });
    expect(err).toMatchObject({ type: 'Error', message: 'cannot ask: nobody answers' });
    expect(err).toHaveProperty(
      'stack',
      expect.stringContaining('caused by: Error: nobody answers'),
    );
  });

  test('rounds delays', () => {
    expect(logged({ delayMs: 975.9198 })).toMatchObject({ delayMs: 976 });
  });

  test('takes secrets out', () => {
    expect(JSON.stringify(logged({ url: 'https://ada:lovelace@x.example/' }))).not.toContain(
      'lovelace',
    );
  });
});
