import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseToken, readBearer } from '../../../coordinator/identity/bearer.ts';
import { bounds } from '../../../shared/protocol.ts';
import { makeToken } from './tokens.ts';

const token = makeToken({ expiresAtMs: 5_000, node: { name: 'n1', uid: 'u1' } });

describe('readBearer', () => {
  test.for(['Bearer', 'bearer', 'BEARER'])('takes the token after %s', (scheme) => {
    expect(readBearer([`${scheme} ${token}`])).toMatchObject({ kind: 'token', token });
  });

  test.for<[what: string, authorization: readonly string[], reason: string]>([
    ['nothing', [], 'NoToken'],
    ['two values', [`Bearer ${token}`, `Bearer ${token}`], 'NoToken'],
    ['two values in one', [`Bearer ${token}, Bearer ${token}`], 'MalformedToken'],
    ['two tokens in one', [`Bearer ${token},${token}`], 'MalformedToken'],
    ['no scheme', [token], 'MalformedToken'],
    ['another scheme', [`Basic ${token}`], 'MalformedToken'],
    ['a scheme alone', ['Bearer '], 'MalformedToken'],
    ['an opaque token', ['Bearer abcdef'], 'MalformedToken'],
    ['too many bytes', [`Bearer ${'a'.repeat(bounds.maxTokenBytes)}.b.c`], 'MalformedToken'],
  ])('refuses %s', ([, authorization, reason]) => {
    expect(readBearer(authorization)).toMatchObject({ kind: 'refused', reason });
  });
});

describe('parseToken', () => {
  test('tells what the token says of itself', () => {
    expect(parseToken(token)).toMatchObject({
      claims: {
        audiences: ['forehold-session'],
        subject: 'system:serviceaccount:forehold-pulls:forehold-agent',
        expiresAtMs: 5_000,
        nodeName: 'n1',
        nodeUid: 'u1',
      },
    });
  });

  test.for<[claims: unknown, isToken: boolean]>([
    [{ exp: 1 }, true],
    [{ exp: 1, aud: 'one' }, true],
    [{ exp: 1, aud: [1, {}], sub: 7, 'kubernetes.io': 'x' }, true],
    [{}, false],
    [{ exp: '1' }, false],
    [{ exp: null }, false],
    [[], false],
    ['text', false],
    [null, false],
  ])('%j is a token: %s', ([claims, isToken]) => {
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    expect(parseToken(`a.${payload}.c`).kind === 'token').toBe(isToken);
  });

  test('whatever it is given, it answers, and never with what it was given', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), fc.string(), (secret, rest) => {
        const answer = parseToken(`${secret}.${rest}`);
        if (answer.kind === 'refused') expect(answer.why).not.toContain(secret);
      }),
    );
  });
});
