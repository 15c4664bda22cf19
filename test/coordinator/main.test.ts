// The coordinator as a process: what it prints, how it ends.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { clock, FakeAgent, helloOf, waitUntil } from './stand.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Child = ChildProcessByStdio<null, Readable, Readable>;

function run(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const child: Child = spawn(process.execPath, ['coordinator/main.ts', ...args], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  closers.push(() => child.kill('SIGKILL'));
  const output = { out: '', error: '' };
  child.stdout.on('data', (part) => {
    output.out += String(part);
  });
  child.stderr.on('data', (part) => {
    output.error += String(part);
  });
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, output, exited };
}

describe('coordinator/main.ts', () => {
  test('--help lists the settings', async () => {
    const { output, exited } = run({}, ['--help']);
    expect(await exited).toBe(0);
    expect(output.out).toContain('FOREHOLD_GRPC_ADDRESS');
  });

  test('a wrong configuration is said in lines, one for each problem, with exit code 2', async () => {
    const { output, exited } = run({ FOREHOLD_GRPC_ADDRESS: '0.0.0.0:7443', FOREHOLD_TYPO: '1' });
    expect(await exited).toBe(2);
    expect(output.out).toBe('');
    expect(output.error.trim().split('\n')).toEqual([
      expect.stringMatching(/^FOREHOLD_GRPC_ADDRESS: cannot listen in plain text on 0\.0\.0\.0: /),
      expect.stringMatching(/^FOREHOLD_AUTHENTICATION: cannot be off on 0\.0\.0\.0: /),
      expect.stringMatching(/^there is no API server: /),
      expect.stringMatching(/^FOREHOLD_TYPO is not a setting of this program/),
    ]);
  });

  test('a kubeconfig that cannot be used is one sentence, with exit code 2', async () => {
    const { output, exited } = run({ KUBECONFIG: '/does/not/exist' });
    expect(await exited).toBe(2);
    expect(output.out).toBe('');
    expect(output.error).toBe('cannot use kubeconfig /does/not/exist: no such file\n');
  });

  test.for(['SIGTERM', 'SIGINT'] as const)(
    'on %s streams end with UNAVAILABLE and the process within two seconds',
    async (signal) => {
      const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 1 });
      closers.push(() => cluster.stop());
      const { url } = await cluster.start();
      const { child, output, exited } = run({
        FOREHOLD_KUBE_URL: url,
        FOREHOLD_NAMESPACE: cluster.systemNamespace,
        FOREHOLD_GRPC_ADDRESS: '127.0.0.1:0',
        FOREHOLD_HTTP_ADDRESS: '127.0.0.1:0',
      });
      const started = await waitUntil(() => findLine(output.out, 'coordinator started'), 20_000);
      const agent = new FakeAgent(Number(started['grpcPort']));
      closers.push(() => agent.close());
      await agent.open(helloOf('node-01', 'uid'));
      const sentAtMs = performance.now();
      child.kill(signal);
      expect(await agent.ended).toMatchObject({ code: 'UNAVAILABLE' });
      expect(await exited).toBe(0);
      expect(performance.now() - sentAtMs).toBeLessThan(2_000);
      expect(findLine(output.out, 'coordinator stopped')).toBeDefined();
    },
  );
});

function findLine(text: string, msg: string): Readonly<Record<string, unknown>> | undefined {
  const line = text.split('\n').find((candidate) => candidate.includes(`"msg":"${msg}"`));
  return line === undefined ? undefined : JSON.parse(line);
}
