// I1: no new pull pod raises the use of any limit above its value, counted from the pulls that really run.

import { type Allowance, allowancesOf, type Written } from './allowances.ts';
import type { PullPod } from './pull-pods.ts';
import type { Report } from './violation.ts';

// An edit reaches the coordinator after the longest outage of the API server (45 s), the watch's backoff (30 s) and the
// next look at the limits file (10 s); an offer that was right when it was made turns into a pod within its ttl.
const graceMs = 120_000;

export class BudgetCheck {
  readonly #report: Report;
  // Each is read by itself, some sooner than others: a coordinator may know a new file and an old policy.
  readonly #limits = new Statements<Written['limits']>();
  readonly #policies = new Statements<Written['policies']>();
  readonly #policiesOf = new Statements<Written['policiesOf']>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** These hold from now on; what is not said stays. */
  state({ limits, policies, policiesOf }: Partial<Written>, nowMs: number): void {
    if (limits !== undefined) this.#limits.add(limits, nowMs);
    if (policies !== undefined) this.#policies.add(policies, nowMs);
    if (policiesOf !== undefined) this.#policiesOf.add(policiesOf, nowMs);
  }

  /** @param live every counted pull, the created one among them */
  podCreated(created: PullPod, live: readonly PullPod[], nowMs: number): void {
    let excess: string | undefined;
    for (const written of this.#recent(nowMs)) {
      const found = findExcess(allowancesOf(written), created, live);
      // Any statement of late that allows it will do.
      if (found === undefined) return;
      excess ??= found;
    }
    if (excess !== undefined)
      this.#report({ invariant: 'I1', what: `${created.name} on ${created.node}: ${excess}` });
  }

  /** Whatever a coordinator may go by; first what holds now. */
  *#recent(nowMs: number): Generator<Written> {
    for (const limits of this.#limits.recent(nowMs))
      for (const policies of this.#policies.recent(nowMs))
        for (const policiesOf of this.#policiesOf.recent(nowMs))
          yield { limits, policies, policiesOf };
  }
}

/** What was written at one place, newest first. */
class Statements<T> {
  #stated: { readonly value: T; untilMs: number }[] = [];

  add(value: T, nowMs: number): void {
    const [last] = this.#stated;
    if (last !== undefined) last.untilMs = nowMs;
    const recent = this.#stated.filter(({ untilMs }) => untilMs >= nowMs - graceMs);
    this.#stated = [{ value, untilMs: Number.POSITIVE_INFINITY }, ...recent];
  }

  recent(nowMs: number): readonly T[] {
    const recent = this.#stated.filter(({ untilMs }) => untilMs >= nowMs - graceMs);
    return recent.map(({ value }) => value);
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
