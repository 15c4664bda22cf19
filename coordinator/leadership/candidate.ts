// A coordinator that does not lead: it looks at the coordination Lease until it may take it, and takes it. Whether it may
// is sighting.ts' to say; of several that write at once the API server lets one through.

import { type Clock, waitFor } from '../../shared/clock.ts';
import { type KubeClient, KubeError } from '../../shared/kube-client.ts';
import type { CoordinationLease } from '../../shared/kube-types.ts';
import type { Log } from '../../shared/log.ts';
import { followLease } from './follow-lease.ts';
import { describeTaken, type Leader } from './lease-record.ts';
import { LeaseRequests, type Look } from './lease-requests.ts';
import { Sighting, type Verdict } from './sighting.ts';
import { Tenure } from './tenure.ts';
import { leadershipTiming } from './timing.ts';

export interface CandidateOptions {
  readonly kube: KubeClient;
  /** Where the coordination Lease lives. */
  readonly leaseNamespace: string;
  /** What it writes into the Lease when it leads. */
  readonly self: Leader;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Called after every look. */
  readonly onSeen: () => void;
}

/** One coordinator's; what it has seen outlasts its tenures. */
export class Candidate {
  readonly #options: CandidateOptions;
  readonly #requests: LeaseRequests;
  readonly #sighting = new Sighting();
  #problem: string | undefined;
  #seen = Promise.withResolvers<void>();

  constructor(options: CandidateOptions) {
    this.#options = options;
    this.#requests = new LeaseRequests(options.kube, options.leaseNamespace);
  }

  /** Who led at the last look; undefined when nobody did. */
  get leader(): Leader | undefined {
    return this.#sighting.leader;
  }

  /** Why it could not take over, were it asked to; undefined when it could. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** What somebody else has learned about the Lease. */
  see(lease: CoordinationLease | undefined, formerEpoch = 0): void {
    this.#sighting.see(lease, this.#nowMs(), formerEpoch);
    this.#seen.resolve();
    this.#options.onSeen();
  }

  /** Nobody leads as far as it knows. */
  forget(): void {
    this.#sighting.forget();
  }

  /**
   * Waits until it leads.
   * @throws the signal's reason
   */
  async stand(signal: AbortSignal): Promise<Tenure> {
    const { clock, random } = this.#options;
    const ending = new AbortController();
    const standing = AbortSignal.any([signal, ending.signal]);
    const following = this.#follow(standing);
    following.catch((error: unknown) => ending.abort(error));
    try {
      for (;;) {
        const verdict = await this.#awaitTurn(standing);
        const tenure = await this.#take(verdict, standing);
        if (tenure !== undefined) return tenure;
        const delayMs = leadershipTiming.renewEveryMs * (1 + random());
        await waitFor(clock, delayMs, standing);
      }
    } finally {
      ending.abort(new Error('the candidate stands no more'));
      await following.catch(() => undefined);
    }
  }

  #follow(signal: AbortSignal): Promise<void> {
    const onLost = (): void => this.#sighting.lose();
    const onSeen = ({ lease, formerEpoch }: Look): void => this.see(lease, formerEpoch);
    onLost();
    return followLease({ ...this.#options, requests: this.#requests, onSeen, onLost }, signal);
  }

  async #awaitTurn(signal: AbortSignal): Promise<Extract<Verdict, { kind: 'take' }>> {
    for (;;) {
      signal.throwIfAborted();
      const verdict = this.#sighting.decide(this.#nowMs());
      this.#note(verdict);
      if (verdict.kind === 'take') return verdict;
      this.#seen = Promise.withResolvers();
      const delayMs = verdict.kind === 'wait' ? verdict.delayMs : undefined;
      await this.#awaitNews(delayMs, signal);
    }
  }

  async #awaitNews(delayMs: number | undefined, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const wake = (): void => this.#seen.resolve();
    const timer = delayMs === undefined ? undefined : clock.startTimer(delayMs, wake);
    signal.addEventListener('abort', wake, { once: true });
    await this.#seen.promise;
    signal.removeEventListener('abort', wake);
    timer?.cancel();
  }

  /** Undefined when somebody else was faster, or the API server did not answer. */
  async #take(
    { epoch, isFirst }: Extract<Verdict, { kind: 'take' }>,
    signal: AbortSignal,
  ): Promise<Tenure | undefined> {
    const { clock, log, self } = this.#options;
    const { namespace } = this.#requests;
    const stored = this.#sighting.lease;
    const { wallMs, monotonicMs: sentAtMs } = clock.now();
    const body = describeTaken({ stored, namespace, leader: self, epoch, wallMs });
    try {
      const held = await this.#requests.write(body, signal);
      const requests = this.#requests;
      return new Tenure({ requests, clock, log, held, epoch, isFirst, sentAtMs });
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      log.warn({ err: error, epoch }, 'leadership not taken');
      await this.#lookAgain(signal);
      return undefined;
    }
  }

  // The watch may be behind, or dead without a word.
  async #lookAgain(signal: AbortSignal): Promise<void> {
    try {
      const { lease, formerEpoch } = await this.#requests.look(signal);
      this.see(lease, formerEpoch);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      this.#sighting.lose();
    }
  }

  #note(verdict: Verdict): void {
    const problem = verdict.kind === 'stuck' ? verdict.why : undefined;
    if (problem !== undefined && problem !== this.#problem)
      this.#options.log.error({ problem }, 'leadership cannot be taken');
    this.#problem = problem;
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs;
  }
}
