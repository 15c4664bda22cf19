import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redact } from '../../shared/redact.ts';

const canary = 'CANARYcanary0123456789';

/** Texts with the canary as a secret, in the shapes in which secrets travel. */
const shapes: readonly [what: string, text: string][] = [
  ['a JSON web token', `bad token eyJhbGciOiJSUzI1NiJ9.${canary}.${canary}!`],
  ['the beginning of one', `bad token eyJhbGciOiJSUzI1NiJ9.${canary}`],
  ['a bearer token', `Authorization: Bearer ${canary}`],
  ['basic credentials', `authorization: basic ${canary}==`],
  ['a private key', `-----BEGIN RSA PRIVATE KEY-----\nMII${canary}\n-----END RSA PRIVATE KEY-----`],
  ['a private key without its end', `-----BEGIN PRIVATE KEY-----\n${canary}\nabc`],
  ['a registry password', `{"auths":{"r":{"username":"u","password":"${canary}"}}}`],
  ['registry credentials', `{"auths":{"r":{"auth": "${canary}=="}}}`],
  ['a URL with a password', `Get "https://user:${canary}@registry.example/v2/": EOF`],
  ['a reference with a password', `cannot read user:${canary}@registry.example/a:1`],
  ['a signed URL of S3', `Get "https://s3/x?X-Amz-Expires=1&X-Amz-Signature=${canary}": timeout`],
  ['a signed URL of GCS', `https://storage/x?X-Goog-Signature=${canary}&a=b`],
  ['a signed URL of Azure', `https://blob/x?se=2026&sig=${canary}`],
  ['a token in a query', `https://auth/token?service=r&token=${canary}`],
];

const innocent = [
  'docker.io/library/nginx:1.27@sha256:0123456789abcdef',
  'failed to resolve reference "registry.example:5000/a:1": not found',
  'www-authenticate: Bearer realm="https://auth.example/token",service="registry.example"',
  'Back-off pulling image "registry.example/a@sha512:0123"',
  '2026-01-01T00:00:00.000Z',
  'dial tcp 10.0.0.1:443: connect: connection refused',
  'POST /api/v1/namespaces/forehold-pulls/serviceaccounts/forehold-agent/token: not found',
  'the token is not for the audience forehold-session',
];

describe('redact', () => {
  test.for(shapes)('takes out %s', ([, text]) => {
    expect(redact(text)).not.toContain(canary.slice(0, 8));
    expect(redact(text)).toContain('[redacted]');
  });

  test.for(shapes)('takes out %s within JSON, which stays JSON', ([, text]) => {
    const once = redact(JSON.stringify({ text }));
    const twice = redact(JSON.stringify({ text: JSON.stringify({ text }) }));
    for (const line of [once, twice]) {
      expect(line).not.toContain(canary.slice(0, 8));
      expect(() => JSON.parse(line)).not.toThrow();
    }
  });

  test.for(innocent)('leaves "%s" alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  test('any log line stays JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...shapes))), (parts) => {
        expect(() => JSON.parse(redact(JSON.stringify({ text: parts.join(' ') })))).not.toThrow();
      }),
    );
  });

  test('is quick with long texts that are nearly secrets', () => {
    const startMs = performance.now();
    for (const part of ['a:', 'eyJ', '-----BEGIN ', 'x@', 'sig=', '"auth":"'])
      redact(part.repeat(20_000));
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});
