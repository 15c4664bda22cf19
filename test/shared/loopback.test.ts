import { describe, expect, test } from 'vitest';
import { isLoopback, requireLoopback, UnsafeAddressError } from '../../shared/loopback.ts';

describe('isLoopback', () => {
  test.for([
    '127.0.0.1',
    '127.8.9.10',
    '::1',
    '[::1]',
    'localhost',
    'LOCALHOST',
    '::ffff:127.0.0.1',
  ])('is true of %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.for([
    '0.0.0.0',
    '::',
    '10.0.0.7',
    '192.168.1.1',
    '128.0.0.1',
    '127.0.0.1.example',
    'localhost.example',
    'example',
    '',
  ])('is false of %j', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('requireLoopback', () => {
  test('says what was attempted and what is allowed', () => {
    const attempt = (): void => requireLoopback('listen', '0.0.0.0');
    expect(attempt).toThrow(UnsafeAddressError);
    expect(attempt).toThrow(
      'cannot listen in plain text on 0.0.0.0: without TLS only loopback addresses (127.0.0.1, ::1, localhost) are allowed',
    );
  });
});
