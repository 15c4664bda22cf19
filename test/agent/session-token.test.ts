import { describe, expect, test } from 'vitest';
import { SessionToken } from '../../agent/session-token.ts';
import { StatusError } from '../../shared/rpc.ts';

describe('SessionToken', () => {
  test('presents what lies there, and a rotated one once', () => {
    let file = 'first\n';
    const token = new SessionToken(() => file);
    expect(token.present()).toBe('first');
    expect(token.presentRotated()).toBeUndefined();
    file = 'second\n';
    expect(token.presentRotated()).toBe('second');
    expect(token.presentRotated()).toBeUndefined();
    expect(token.present()).toBe('second');
  });

  test('a file that cannot be read is no rotation, and fails the dial with its reason', () => {
    const token = new SessionToken(() => {
      throw new Error('ENOENT: no such file');
    });
    expect(token.presentRotated()).toBeUndefined();
    expect(() => token.present()).toThrow(StatusError);
    expect(() => token.present()).toThrow('cannot read the session token: ENOENT: no such file');
  });

  test.for(['', 'two words', 'line\nbreak'])(
    'what is no token (%j) is not shown to anybody',
    (text) => {
      const token = new SessionToken(() => text);
      expect(() => token.present()).toThrow('the file does not hold one token');
      expect(token.presentRotated()).toBeUndefined();
    },
  );
});
