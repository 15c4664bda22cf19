// I1: no new pull pod raises the use of any limit above its value, counted from the pulls that really run.

import type { PullPod } from './pull-pods.ts';
import type { Report } from './violation.ts';

/** A limit as people wrote it. */
export interface Allowance {
  readonly name: string;
  readonly slots: number;
  /** Pulls with the same key share the slots; undefined: not counted. */
  key(pull: PullPod): string | undefined;
}

interface Stated {
  readonly allowances: readonly Allowance[];
  /** When it was replaced. */
  untilMs: number;
}

// An edit reaches the coordinator after the longest outage of the API server (45 s), the watch's backoff (30 s) and the
// next look at the limits file (10 s); an offer that was right when it was made turns into a pod within its ttl.
const graceMs = 120_000;

export class BudgetCheck {
  readonly #report: Report;
  #history: Stated[] = [];

  constructor(report: Report) {
    this.#report = report;
  }

  /** These hold from now on. */
  state(allowances: readonly Allowance[], nowMs: number): void {
    const last = this.#history.at(-1);
    if (last !== undefined) last.untilMs = nowMs;
    this.#history = this.#history.filter(({ untilMs }) => untilMs >= nowMs - graceMs);
    this.#history.push({ allowances, untilMs: Number.POSITIVE_INFINITY });
  }

  /** @param live every counted pull, the created one among them */
  podCreated(created: PullPod, live: readonly PullPod[], nowMs: number): void {
    const stated = this.#history.filter(({ untilMs }) => untilMs >= nowMs - graceMs);
    const excesses = stated.map(({ allowances }) => findExcess(allowances, created, live));
    // Any statement of late that allows it will do.
    const [first] = excesses;
    if (first !== undefined && excesses.every((excess) => excess !== undefined))
      this.#report({ invariant: 'I1', what: `${created.name} on ${created.node}: ${first}` });
  }
}

function findExcess(
  allowances: readonly Allowance[],
  created: PullPod,
  live: readonly PullPod[],
): string | undefined {
  for (const { name, slots, key } of allowances) {
    const scope = key(created);
    if (scope === undefined) continue;
    const used = live.filter((pull) => key(pull) === scope).length;
    if (used > slots) return `limit ${name} of ${scope} has ${used} pulls in ${slots} slots`;
  }
  return undefined;
}
