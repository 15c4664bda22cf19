// I5: what fails is tried again after a backoff, not at once and for ever: no pair gets more than a few pods in any ten
// minutes.

import type { PullPod } from './pull-pods.ts';
import type { Report } from './violation.ts';

const windowMs = 600_000;
/** Full jitter from 30 s doubling to 5 min gives six on average; edits, GC and interrupted pulls add theirs. */
const maxPods = 30;

export class RetryCheck {
  readonly #report: Report;
  readonly #createdAtMs = new Map<string, number[]>();

  constructor(report: Report) {
    this.#report = report;
  }

  podCreated({ name, image, node }: PullPod, nowMs: number): void {
    const times = (this.#createdAtMs.get(name) ?? []).filter((atMs) => atMs > nowMs - windowMs);
    times.push(nowMs);
    this.#createdAtMs.set(name, times);
    if (times.length > maxPods)
      this.#report({ invariant: 'I5', what: `${times.length} pods for ${image} on ${node}` });
  }
}
