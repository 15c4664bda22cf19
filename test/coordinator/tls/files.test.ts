// Certificates that somebody else keeps in a folder, swapped as the kubelet swaps them.

import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ServingCertificate } from '../../../coordinator/listener.ts';
import { FileSource } from '../../../coordinator/tls/files.ts';
import { CertificateKeeper } from '../../../coordinator/tls/keeper.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { makeCertificate } from '../channel-stand.ts';
import { openTestLog } from '../stand.ts';
import { ObjectStore } from './object-store.ts';

const minuteMs = 60_000;
const canary = 'CANARY-of-a-private-key';
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

type Files = Readonly<Record<string, string>>;

/** A mounted Secret: files are links into ..data, which is a link that is swapped. */
class MountedSecret {
  readonly folder = mkdtempSync(join(tmpdir(), 'forehold-'));
  #version = 0;

  constructor() {
    folders.push(this.folder);
    for (const file of ['tls.crt', 'tls.key', 'ca.crt'])
      symlinkSync(join('..data', file), join(this.folder, file));
  }

  put(files: Files): void {
    this.#version += 1;
    const name = `..version-${this.#version}`;
    mkdirSync(join(this.folder, name));
    for (const [file, text] of Object.entries(files))
      writeFileSync(join(this.folder, name, file), text);
    symlinkSync(name, join(this.folder, '..new'));
    renameSync(join(this.folder, '..new'), join(this.folder, '..data'));
  }
}

async function makeFiles(fromDays = -1, toDays = 30): Promise<Files> {
  const { ca, certificate, key } = await makeCertificate(fromDays, toDays);
  return { 'tls.crt': certificate, 'tls.key': key, 'ca.crt': `${ca}\n` };
}

function open() {
  const secret = new MountedSecret();
  const store = ObjectStore.open();
  const clock = new VirtualClock({ wallMs: Date.now() });
  const { log, lines } = openTestLog();
  const served: ServingCertificate[] = [];
  const keeper = new CertificateKeeper({
    source: new FileSource(secret.folder, clock),
    configMap: { kube: store, namespace: 'forehold-pulls', name: 'forehold-ca' },
    clock,
    random: () => 0.5,
    log,
    onCertificate: (certificate) => served.push(certificate),
  });
  const pass = (): Promise<boolean> => keeper.pass(new AbortController().signal);
  return { secret, store, clock, lines, served, keeper, pass };
}

function count(bundle: string): number {
  return bundle.split('BEGIN CERTIFICATE').length - 1;
}

describe('FileSource', () => {
  test('serves the pair and publishes its authority', async () => {
    const { secret, store, served, keeper, pass } = open();
    const files = await makeFiles();
    secret.put(files);
    expect(await pass()).toBe(true);
    expect(served).toEqual([{ certificate: files['tls.crt'], key: files['tls.key'] }]);
    expect(store.bundle).toBe(files['ca.crt']);
    expect(keeper.view.authorityNotAfterMs).toBeGreaterThan(Date.now());
  });

  test.for<[string, Files, string]>([
    ['of two different pairs', { 'tls.key': '' }, 'tls.crt and tls.key'],
    ['without a key', { 'tls.key': canary }, 'tls.crt and tls.key'],
    ['without a certificate', { 'tls.crt': canary }, 'tls.crt and tls.key'],
    ['without an authority', { 'ca.crt': canary }, 'ca.crt'],
  ])('files %s are refused once in the log, and the old ones go on', async ([, bad, file]) => {
    const { secret, store, lines, served, keeper, pass } = open();
    const [files, other] = [await makeFiles(), await makeFiles()];
    secret.put(files);
    await pass();
    const change = bad['tls.key'] === '' ? { 'tls.key': other['tls.key'] ?? '' } : bad;
    secret.put({ ...files, ...change });
    for (let time = 0; time < 3; time += 1) expect(await pass()).toBe(false);
    expect(keeper.view.isTroubled).toBe(true);
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { why: expect.stringMatching(new RegExp(`^cannot use ${file} in .* is served on$`)) },
    ]);
    expect(served).toHaveLength(1);
    expect(store.bundle).toBe(files['ca.crt']);
    expect(JSON.stringify(lines)).not.toContain(canary);
    secret.put(files);
    expect(await pass()).toBe(true);
    expect(keeper.view.isTroubled).toBe(false);
  });

  test('a renewed certificate of the same authority is served at once', async () => {
    const { secret, served, pass } = open();
    const chain = await makeFiles();
    secret.put(chain);
    await pass();
    secret.put({ ...chain, 'tls.crt': `${chain['tls.crt']}\n${chain['ca.crt']}` });
    await pass();
    expect(served).toHaveLength(2);
  });

  test('another authority is published five minutes before it is served', async () => {
    const { secret, store, clock, served, pass } = open();
    const [first, second] = [await makeFiles(), await makeFiles()];
    secret.put(first);
    await pass();
    secret.put(second);
    await pass();
    expect(count(store.bundle)).toBe(2);
    await clock.advance(5 * minuteMs - 1);
    await pass();
    expect(served).toHaveLength(1);
    await clock.advance(1);
    await pass();
    expect(served.at(-1)?.certificate).toBe(second['tls.crt']);
    await clock.advance(10 * minuteMs);
    await pass();
    expect(store.bundle).toBe(second['ca.crt']);
  });

  test('another authority is served at once when what was served has expired', async () => {
    const { secret, clock, served, pass } = open();
    secret.put(await makeFiles(-1, 1));
    await pass();
    await clock.advance(2 * 24 * 60 * minuteMs);
    expect(await pass()).toBe(false);
    secret.put(await makeFiles());
    await pass();
    expect(served).toHaveLength(2);
  });

  test('an empty folder is a sentence', async () => {
    const { lines, pass } = open();
    expect(await pass()).toBe(false);
    expect(lines[0]).toMatchObject({
      msg: 'certificates not kept',
      why: expect.stringContaining('it cannot be read (ENOENT)'),
    });
  });
});
