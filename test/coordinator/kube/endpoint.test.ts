import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findKubeEndpoint } from '../../../coordinator/kube/endpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'forehold-kubeconfig-'));

afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, cluster: string, user: string): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `apiVersion: v1
kind: Config
current-context: c
contexts: [{ name: c, context: { cluster: k, user: u } }]
clusters: [{ name: k, cluster: ${cluster} }]
users: [{ name: u, user: ${user} }]
`,
  );
  return path;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('findKubeEndpoint', () => {
  test('takes a URL as it is', async () => {
    const endpoint = await findKubeEndpoint({ kind: 'url', url: 'http://127.0.0.1:1' });
    expect(endpoint).toEqual({ url: 'http://127.0.0.1:1', userAgent: 'forehold-coordinator' });
  });

  test('reads certificates out of a kubeconfig, inline and from files beside it', async () => {
    writeFileSync(join(folder, 'ca.pem'), 'the authority');
    const path = write(
      'certificates',
      '{ server: "https://127.0.0.1:6443", certificate-authority: ca.pem }',
      `{ client-certificate-data: ${base64('the certificate')}, client-key-data: ${base64('the key')} }`,
    );
    const endpoint = await findKubeEndpoint({ kind: 'kubeconfig', path });
    expect(endpoint.url).toBe('https://127.0.0.1:6443');
    expect(String(endpoint.ca)).toBe('the authority');
    expect(String(endpoint.cert)).toBe('the certificate');
    expect(String(endpoint.key)).toBe('the key');
    expect(endpoint.token).toBeUndefined();
  });

  test('reads a token', async () => {
    const path = write('token', '{ server: "https://127.0.0.1:6443" }', '{ token: abc }');
    const endpoint = await findKubeEndpoint({ kind: 'kubeconfig', path });
    expect(endpoint.token?.()).toBe('abc');
  });

  test.for([
    [
      '{ server: "https://x", insecure-skip-tls-verify: true }',
      '{}',
      'insecure-skip-tls-verify is not allowed',
    ],
    [
      '{ server: "https://x" }',
      '{ exec: { apiVersion: v1, command: aws } }',
      'exec plugins and auth providers are not spoken; use a token or a certificate',
    ],
  ] as const)('refuses cluster %s with user %s', async ([cluster, user, why]) => {
    const path = write('refused', cluster, user);
    const finding = findKubeEndpoint({ kind: 'kubeconfig', path });
    await expect(finding).rejects.toThrow(`cannot use kubeconfig ${path}: ${why}`);
  });

  test('a file that is not there is named', async () => {
    const finding = findKubeEndpoint({ kind: 'kubeconfig', path: '/does/not/exist' });
    await expect(finding).rejects.toThrow('cannot use kubeconfig /does/not/exist: no such file');
  });

  test('so is a file that the kubeconfig names', async () => {
    const path = write('lacking', '{ server: "https://x", certificate-authority: none.pem }', '{}');
    const finding = findKubeEndpoint({ kind: 'kubeconfig', path });
    await expect(finding).rejects.toThrow(`cannot use kubeconfig ${path}: it names ${folder}/none`);
  });
});
