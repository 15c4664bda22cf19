// One run from the first node to the last word: starts cluster, coordinator and agents, looks at them until there is
// nothing left to wait for or the user has had enough, and ends them all.

import { setMaxListeners } from 'node:events';
import type { Limit } from '../../coordinator/core/limits.ts';
import { type Clock, openSystemClock, waitFor } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import type { Log } from '../../shared/log.ts';
import { ports } from '../../shared/names.ts';
import type { EmbeddedCluster } from '../embedded-cluster.ts';
import { openSeededRandom } from '../store/seeded-random.ts';
import type { runAgents } from './agent-part.ts';
import type { RunningCoordinator, startCoordinator } from './coordinator-part.ts';
import { Course, type Verdict } from './course.ts';
import type { CachedImage } from './images-file.ts';
import type { StartOptions } from './options.ts';
import type { Report } from './report.ts';
import type { Screen } from './screen.ts';
import { findUnknown, type Snapshot, takeSnapshot } from './snapshot.ts';
import { applyImages, openCluster, reportOn, resolveUnknown } from './world.ts';

export interface RunSettings {
  readonly options: StartOptions;
  readonly images: readonly CachedImage[];
  /** As configured; empty means the built-in ones. */
  readonly limits: readonly Limit[];
  readonly screen: Screen;
  readonly openLog: (program: string) => Log;
  /** Only the program itself may know both sides. */
  readonly startCoordinator: typeof startCoordinator;
  readonly runAgents: typeof runAgents;
}

export interface RunResult {
  readonly ending:
    | { readonly kind: 'warm' }
    | { readonly kind: 'stuck'; readonly why: readonly string[] }
    /** The signal came first. */
    | { readonly kind: 'stopped' };
  readonly report: Report;
}

// A look costs a fraction of a millisecond; at the default speed 25 ms are 125 ms of the cluster's time.
const lookEveryMs = 25;
const drawEveryMs = 200;
// Two seconds from Ctrl-C to the prompt, and something is left for the report.
const stopPatienceMs = 1_500;

/**
 * Runs until everything is warm or stuck (with exitWhenWarm), or until the signal aborts.
 * @throws RefusedError, or what broke
 */
export async function run(settings: RunSettings, signal: AbortSignal): Promise<RunResult> {
  const clock = openSystemClock(settings.options.speed);
  const cluster = openCluster(settings.options, clock);
  const life = new AbortController();
  // Every agent and every watch listens to it.
  setMaxListeners(0, life.signal);
  const stop = (): void => life.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const ended: Promise<unknown>[] = [];
  try {
    const { url, coordinator, agents } = await startAll(settings, { clock, cluster, life });
    ended.push(coordinator.ended, agents);
    for (const part of [coordinator.ended, agents])
      part.catch((error: unknown) => life.abort(error));
    const result = await follow(settings, { clock, cluster, coordinator, url }, life.signal);
    if (life.signal.aborted && !signal.aborted) throw life.signal.reason;
    return result;
  } catch (error) {
    // Ended before the coordinator was there to be looked at.
    if (signal.aborted)
      return { ending: { kind: 'stopped' }, report: reportNothing(settings, cluster) };
    throw error;
  } finally {
    life.abort(new Error('the run is over'));
    signal.removeEventListener('abort', stop);
    const stopped = Promise.allSettled([...ended, cluster.stop()]);
    await Promise.race([stopped, expire(stopPatienceMs)]);
  }
}

interface Basis {
  readonly clock: Clock;
  readonly cluster: EmbeddedCluster;
  readonly life: AbortController;
}

interface Started {
  readonly url: string;
  readonly coordinator: RunningCoordinator;
  readonly agents: Promise<void>;
}

async function startAll(settings: RunSettings, { clock, cluster, life }: Basis): Promise<Started> {
  const { options, images, limits, screen } = settings;
  const { url } = await cluster.start();
  const open = (userAgent: string) => openKubeClient({ url, userAgent });
  await applyImages(images, cluster, open('forehold-start'));
  const coordinator = await settings.startCoordinator(
    {
      kube: open('forehold-coordinator'),
      clock,
      random: openSeededRandom(options.seed),
      log: settings.openLog('coordinator'),
      pullNamespace: cluster.pullNamespace,
      leaseNamespace: cluster.systemNamespace,
      limits,
    },
    life.signal,
  );
  for (const line of describeMoves(coordinator)) screen.say(line);
  let agentsOpened = 0;
  const agents = settings.runAgents(
    {
      nodeNames: cluster.nodeNames(),
      namespace: cluster.pullNamespace,
      coordinator: `127.0.0.1:${coordinator.grpcPort}`,
      kube: open('forehold-agent'),
      clock,
      openRandom: () => {
        agentsOpened += 1;
        return openSeededRandom(options.seed + agentsOpened);
      },
      log: settings.openLog('agent'),
    },
    life.signal,
  );
  return { url, coordinator, agents };
}

interface Followed {
  readonly clock: Clock;
  readonly cluster: EmbeddedCluster;
  readonly coordinator: RunningCoordinator;
  /** Of the API server. */
  readonly url: string;
}

async function follow(
  settings: RunSettings,
  { clock, cluster, coordinator, url }: Followed,
  signal: AbortSignal,
): Promise<RunResult> {
  const { options, screen, images, limits } = settings;
  const realClock = openSystemClock();
  const course = new Course();
  const names = images.map(({ metadata }) => metadata.name);
  const hints = describeHints(coordinator, url);
  let drawnAtMs = -Infinity;
  let verdict: Verdict = { kind: 'going' };
  const look = (): Snapshot => {
    const snapshot = takeSnapshot(coordinator);
    const nowMs = clock.now().wallMs;
    verdict = course.look(snapshot, resolveUnknown(findUnknown(snapshot, names), cluster), nowMs);
    return snapshot;
  };
  const draw = (snapshot: Snapshot, realMs: number): void => {
    drawnAtMs = realMs;
    const { startedAtMs, warmAtMs } = course;
    const endMs = warmAtMs ?? clock.now().wallMs;
    const state = {
      nodes: options.nodes,
      snapshot,
      pullsDone: cluster.record.pulls().filter((pull) => pull.outcome === 'succeeded').length,
      pullsFailed: cluster.record.failedPulls(),
      elapsedMs: startedAtMs === undefined ? undefined : endMs - startedAtMs,
      warm: warmAtMs !== undefined,
      speed: options.speed,
      hints,
    };
    screen.update(state, realMs);
  };
  for (;;) {
    const snapshot = look();
    const realMs = realClock.now().monotonicMs;
    const isOver = signal.aborted || (options.exitWhenWarm && verdict.kind !== 'going');
    if (isOver || realMs - drawnAtMs >= drawEveryMs) draw(snapshot, realMs);
    if (isOver) {
      const report = reportOn({ cluster, limits, images: images.length, snapshot, course });
      return { ending: verdict.kind === 'going' ? { kind: 'stopped' } : verdict, report };
    }
    await waitFor(realClock, lookEveryMs, signal).catch(() => undefined);
  }
}

function reportNothing({ images, limits }: RunSettings, cluster: EmbeddedCluster): Report {
  const snapshot = takeSnapshot({ nodes: () => [], images: () => [], leases: () => [] });
  return reportOn({ cluster, limits, images: images.length, snapshot, course: new Course() });
}

function describeMoves({ grpcPort, httpPort }: RunningCoordinator): readonly string[] {
  return [
    [ports.grpc, grpcPort],
    [ports.http, httpPort],
  ].flatMap(([usual, actual]) =>
    usual === actual ? [] : [`port ${usual} is taken: 127.0.0.1:${actual} is used instead`],
  );
}

function describeHints(
  { grpcPort, httpPort }: RunningCoordinator,
  apiServerUrl: string,
): readonly string[] {
  return [
    `look:  grpcurl -plaintext 127.0.0.1:${grpcPort} forehold.v1.InspectorService/ListLeases`,
    `       npm run -s forehold -- leases --watch --coordinator 127.0.0.1:${grpcPort}`,
    `       curl http://127.0.0.1:${httpPort}/metrics`,
    `       kubectl --server ${apiServerUrl} get cachedimages,nodes`,
    'end:   Ctrl-C',
  ];
}

function expire(delayMs: number): Promise<void> {
  return waitFor(openSystemClock(), delayMs, new AbortController().signal);
}
