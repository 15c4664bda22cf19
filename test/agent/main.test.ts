// The agent as a process: what it prints, what it serves, how it ends.

import { type ChildProcess, spawn } from 'node:child_process';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openSystemClock } from '../../shared/clock.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { makeWelcome } from './core/world.ts';
import { sessionId, startFakeCoordinator } from './fake-coordinator.ts';

interface Process {
  readonly child: ChildProcess;
  readonly output: { out: string; error: string };
  readonly exited: Promise<number | null>;
}

function run(env: Readonly<Record<string, string>>, args: readonly string[] = []): Process {
  const child = spawn(process.execPath, ['agent/main.ts', ...args], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { out: '', error: '' };
  child.stdout.on('data', (part) => {
    output.out += String(part);
  });
  child.stderr.on('data', (part) => {
    output.error += String(part);
  });
  return { child, output, exited: new Promise((resolve) => child.on('close', resolve)) };
}

async function startAgent() {
  const cluster = new EmbeddedCluster({ clock: openSystemClock(), seed: 1, nodes: 1 });
  const { url } = await cluster.start();
  onTestFinished(() => cluster.stop());
  const coordinator = await startFakeCoordinator();
  const process = run({
    NODE_NAME: 'node-01',
    FOREHOLD_KUBE_URL: url,
    FOREHOLD_COORDINATOR: coordinator.target,
    FOREHOLD_HTTP_ADDRESS: '127.0.0.1:0',
  });
  const port = await vi.waitFor(
    () => {
      const found = /"httpPort":(\d+)/.exec(process.output.out)?.[1];
      if (found === undefined) throw new Error(`not listening yet: ${process.output.error}`);
      return found;
    },
    { timeout: 15_000 },
  );
  const read = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { ...process, coordinator, read };
}

describe('agent/main.ts', () => {
  test('--help lists the settings', async () => {
    const { output, exited } = run({}, ['--help']);
    expect(await exited).toBe(0);
    expect(output.out).toContain('FOREHOLD_COORDINATOR');
  });

  test('an argument is refused with exit code 2', async () => {
    const { output, exited } = run({}, ['--hepl']);
    expect(await exited).toBe(2);
    expect(output.error).toBe('unknown argument "--hepl": there is --help\n');
  });

  test('what ends it is one logged sentence and exit code 1', async () => {
    const { output, exited } = run({
      NODE_NAME: 'n1',
      FOREHOLD_KUBE_URL: 'http://127.0.0.1:1',
      // Documentation's own address, which no machine has.
      FOREHOLD_HTTP_ADDRESS: '192.0.2.1:7480',
    });
    expect(await exited).toBe(1);
    expect(output.out).toContain('"msg":"agent failed"');
    expect(output.out.match(/"message":"cannot listen on 192\.0\.2\.1:7480: [^"]*"/g)).toHaveLength(
      1,
    );
  });

  test('says everything that is wrong with its settings, one line each, with exit code 2', async () => {
    const { output, exited } = run({ FOREHOLD_COORDINATOR: '10.0.0.1:7443', FOREHOLD_TYPO: '1' });
    expect(await exited).toBe(2);
    expect(output.out).toBe('');
    expect(output.error.trim().split('\n')).toEqual([
      'NODE_NAME is not set',
      expect.stringMatching(/^FOREHOLD_COORDINATOR: cannot dial in plain text on 10\.0\.0\.1: /),
      expect.stringMatching(/^there is no API server: /),
      expect.stringMatching(/^FOREHOLD_TYPO is not a setting of this program/),
    ]);
  });

  test('is ready while it has a session, and serves at most 12 series', async () => {
    const { coordinator, read } = await startAgent();
    expect(await read('/healthz')).toMatchObject({ status: 200 });
    expect(await read('/readyz')).toMatchObject({ status: 503 });
    await vi.waitFor(() => expect(coordinator.sessions[0]?.received).toHaveLength(1), {
      timeout: 15_000,
    });
    coordinator.sessions[0]?.send(makeWelcome({ sessionId }));
    await vi.waitFor(async () => expect(await read('/readyz')).toMatchObject({ status: 200 }), {
      timeout: 15_000,
    });
    const { text } = await read('/metrics');
    const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(series.length).toBeLessThanOrEqual(12);
    expect(series).toContain('forehold_agent_session_connected 1');
    expect(series).toContain('forehold_agent_pulls_total{outcome="Succeeded"} 0');
  });

  test.for(['SIGTERM', 'SIGINT'] as const)('ends within two seconds of %s', async (signal) => {
    const { child, exited, output } = await startAgent();
    const startedAtMs = performance.now();
    child.kill(signal);
    expect(await exited).toBe(0);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    expect(output.out).toContain('agent stopped');
  });
});
