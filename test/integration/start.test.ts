// `npm start` with everything in it: cluster, coordinator and agents over real HTTP and gRPC.

import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { openLog } from '../../shared/log.ts';
import { runAgents } from '../../sim/start/agent-part.ts';
import { startCoordinator } from '../../sim/start/coordinator-part.ts';
import { parseImagesFile } from '../../sim/start/images-file.ts';
import { readOptions } from '../../sim/start/options.ts';
import { type RunResult, run } from '../../sim/start/run.ts';
import { sampleImages, toCachedImage } from '../../sim/start/sample-images.ts';
import { RefusedError } from '../../sim/start/world.ts';

interface Given {
  readonly argv: readonly string[];
  readonly images?: Parameters<typeof run>[0]['images'];
  readonly limits?: Parameters<typeof run>[0]['limits'];
  readonly signal?: AbortSignal;
  readonly onUpdate?: (nodesConnected: number) => void;
}

function start(given: Given): Promise<RunResult> {
  const read = readOptions([...given.argv, '--exit-when-warm'], undefined);
  if (read.kind !== 'run') throw new Error(`not to be run: ${JSON.stringify(read)}`);
  const screen = {
    update: ({ snapshot }: { snapshot: { nodesConnected: number } }) =>
      given.onUpdate?.(snapshot.nodesConnected),
    say: () => undefined,
    close: () => undefined,
  };
  const settings = {
    options: read.options,
    images: given.images ?? sampleImages.map(toCachedImage),
    limits: given.limits ?? [],
    screen,
    openLog: (program: string) => openLog(program, 'silent'),
    startCoordinator,
    runAgents,
  };
  return run(settings, given.signal ?? new AbortController().signal);
}

const fast = ['--nodes', '4', '--pull-time', '1s', '--speed', '20'];

function document(name: string, spec: string): string {
  return `apiVersion: forehold.dev/v1alpha1\nkind: CachedImage\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
}

describe('run', () => {
  test('every image comes to every node by one pull each, within every limit', async () => {
    const { ending, report } = await start({ argv: fast });
    const pairs = 4 * sampleImages.length;
    expect(ending).toEqual({ kind: 'warm' });
    expect(report).toMatchObject({
      nodes: 4,
      images: sampleImages.length,
      pairs,
      warmPairs: pairs,
      pulls: pairs,
      duplicatePulls: 0,
      failedPulls: 0,
      bindingLimit: 'node',
      limits: { cluster: 20, perImage: 3, perNode: 1 },
    });
    expect(report.peakConcurrentPulls.cluster).toBeLessThanOrEqual(20);
    expect(report.peakConcurrentPulls.perImage).toBeLessThanOrEqual(3);
    expect(report.peakConcurrentPulls.perNode).toBe(1);
    expect(report.lowerBoundSeconds).toBeGreaterThan(sampleImages.length);
    // How near it comes depends on the machine; that it does not idle does not.
    expect(report.seconds).toBeLessThan(2 * report.lowerBoundSeconds);
    expect(report.apiRequestsPerPull).toBeGreaterThan(1);
    expect(report.apiRequestsPerPull).toBeLessThan(5);
  });

  test('a configured limit is kept to and named as the one that binds', async () => {
    const { report } = await start({
      argv: fast,
      images: sampleImages.slice(0, 6).map(toCachedImage),
      limits: [{ name: 'cluster', per: 'cluster', slots: { count: 2, percent: 0 }, match: {} }],
    });
    expect(report).toMatchObject({ bindingLimit: 'cluster', limits: { cluster: 2 } });
    expect(report.peakConcurrentPulls.cluster).toBe(2);
  });

  test('an image that does not exist ends it, with the reason, when the others are warm', async () => {
    const images = parseImagesFile(
      [
        document('good', '{image: registry.example.com/good, tag: "1"}'),
        document('gone', '{image: registry.example.com/gone, tag: missing}'),
        document('nowhere', '{image: registry.example.com/no, nodeSelector: {no: such}}'),
      ].join('---\n'),
    );
    const { ending, report } = await start({ argv: fast, images });
    expect(ending).toEqual({
      kind: 'stuck',
      why: [
        expect.stringMatching(
          /^registry\.example\.com\/gone:missing fails on [234] of 4 nodes: ImageNotFound: /,
        ),
      ],
    });
    expect(report).toMatchObject({ pairs: 8, warmPairs: 4, seconds: null });
    // Two nodes are enough to blame the image; the others fail as well if they are under way by then.
    expect([2, 3, 4]).toContain(report.failedPulls);
  });

  test('a field that the schema does not know is refused', async () => {
    const images = parseImagesFile(document('odd', '{image: registry.example.com/a, tagg: "1"}'));
    const started = start({ argv: fast, images });
    await expect(started).rejects.toThrow(RefusedError);
    await expect(started).rejects.toThrow(/^--images: the API server refuses odd: .*tagg/);
  });

  test('a signal that aborts before anything listens ends it as well', async () => {
    const { ending, report } = await start({ argv: fast, signal: AbortSignal.abort() });
    expect(ending).toEqual({ kind: 'stopped' });
    expect(report).toMatchObject({ nodes: 4, images: sampleImages.length, pairs: 0, pulls: 0 });
  });

  test('an aborted signal ends it within two seconds, with what was reached', async () => {
    const stop = new AbortController();
    let abortedAtMs = Number.POSITIVE_INFINITY;
    const { ending, report } = await start({
      argv: ['--nodes', '4', '--speed', '10'],
      signal: stop.signal,
      onUpdate: (nodesConnected) => {
        if (nodesConnected < 4 || stop.signal.aborted) return;
        abortedAtMs = performance.now();
        stop.abort(new Error('enough'));
      },
    });
    expect(performance.now() - abortedAtMs).toBeLessThan(2_000);
    expect(ending).toEqual({ kind: 'stopped' });
    expect(report).toMatchObject({ pairs: 4 * sampleImages.length, seconds: null });
  });
});

describe('npm start', () => {
  test('Ctrl-C ends the process within two seconds, the report being the last line', async () => {
    const argv = ['sim/main.ts', '--nodes', '3', '--exit-when-warm', '--json'];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    let interruptedAtMs = Number.POSITIVE_INFINITY;
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      if (interruptedAtMs !== Number.POSITIVE_INFINITY || !said.includes('agents of all 3')) return;
      interruptedAtMs = performance.now();
      child.kill('SIGINT');
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(performance.now() - interruptedAtMs).toBeLessThan(2_000);
    expect(code).toBe(130);
    expect(said).toContain('SIMULATED');
    expect(said).toMatch(/ended with \d+ of 42 pairs warm/);
    expect(JSON.parse(output.trimEnd())).toMatchObject({ nodes: 3, pairs: 42, seconds: null });
  });

  test.for<[argv: string[], complaint: string]>([
    [['--nodes', 'x'], 'npm start: --nodes: "x" is not a whole number from 1 to 1000\n'],
    [['--images', 'no-such-file'], 'npm start: --images: cannot read no-such-file: no such file\n'],
  ])('%j is one line and exit code 2', async ([argv, complaint]) => {
    const child = spawn(process.execPath, ['sim/main.ts', ...argv], { stdio: 'pipe' });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(2);
    expect(said).toBe(complaint);
  });
});
