// One seed: a storm of faults for the given time, with every invariant checked after every event, then calm, in which
// everything that can be warm has to get warm.

import { VirtualClock } from '../virtual-clock.ts';
import { Checks } from './checks/checks.ts';
import type { Violation } from './checks/violation.ts';
import { findCold } from './checks/warmth.ts';
import { Storm } from './schedule.ts';
import { World } from './world.ts';

export interface SeedOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly images: number;
  /** Of faults. */
  readonly stormMs: number;
}

export interface SeedReport {
  readonly seed: number;
  readonly simulatedMs: number;
  readonly leases: number;
  readonly pulls: number;
  readonly duplicatePulls: number;
  /** Strikes while leases were live, by kind. */
  readonly strikes: ReadonlyMap<string, number>;
  readonly violation: Violation | undefined;
  /** The last lines before the violation. */
  readonly trace: readonly string[];
  /** Over every line of the trace: two runs of one seed give the same. */
  readonly digest: string;
  /** From the end of the faults until all is warm. */
  readonly recoveryMs: number;
}

/**
 * The longest of what may follow the last fault: a backoff at its maximum of 5 min, a node suspect for as long, a status
 * read and written late, and then the pulls themselves.
 */
const maxRecoveryMs = 15 * 60_000;

export async function runSeed(options: SeedOptions): Promise<SeedReport> {
  const clock = new VirtualClock();
  const world = new World({ ...options, clock });
  const checks = new Checks(world);
  const storm = new Storm(world);
  world.start();
  checks.follow();
  storm.start();
  await runChecked(world, checks, options.stormMs, () => false);
  storm.end();
  world.wishes.restorePolicies();
  world.limits.restore();
  const calmAtMs = clock.now().monotonicMs;
  world.trace.note('the faults are over');
  let cold: string | undefined = 'nothing was looked at';
  if (checks.violation === undefined)
    await runChecked(world, checks, maxRecoveryMs, () => {
      cold = findCold(world);
      return cold === undefined;
    });
  const simulatedMs = clock.now().monotonicMs;
  const violation = checks.violation ?? describeCold(cold);
  const report: SeedReport = {
    seed: options.seed,
    simulatedMs,
    leases: checks.leases,
    pulls: world.cluster.record.pulls().length,
    duplicatePulls: world.cluster.record.duplicatePulls(),
    strikes: storm.strikes,
    violation,
    trace: violation === undefined ? [] : world.trace.tail(),
    digest: world.trace.digest(),
    recoveryMs: simulatedMs - calmAtMs,
  };
  await world.stop();
  return report;
}

/** More events than this at one moment mean that two parts keep each other busy for ever. */
const maxEventsAtOnce = 50_000;
/** How often the end of the calm is looked for. */
const lookEveryMs = 1_000;

async function runChecked(
  world: World,
  checks: Checks,
  forMs: number,
  isOver: () => boolean,
): Promise<void> {
  const { clock } = world;
  const untilMs = clock.now().monotonicMs + forMs;
  let lookAtMs = 0;
  let moment = { atMs: -1, events: 0 };
  await clock.runUntil(() => {
    const { monotonicMs } = clock.now();
    moment = { atMs: monotonicMs, events: moment.atMs === monotonicMs ? moment.events + 1 : 0 };
    if (moment.events > maxEventsAtOnce)
      checks.fail({ invariant: 'I6', what: 'time stands still' });
    if (checks.step() || monotonicMs >= untilMs) return true;
    if (monotonicMs < lookAtMs) return false;
    lookAtMs = monotonicMs + lookEveryMs;
    return isOver();
  }, forMs);
}

function describeCold(cold: string | undefined): Violation | undefined {
  if (cold === undefined) return undefined;
  return { invariant: 'I6/I7', what: `${cold} ${maxRecoveryMs / 60_000} min after the last fault` };
}
