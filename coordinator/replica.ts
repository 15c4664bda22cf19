// One coordinator of several: a candidate until it leads, then a reign until its tenure ends, then a candidate again. It
// does not exit when it loses: another one leads already, and a process that starts again would be missing as its
// successor for as long. What it believed goes with the reign.

import { setMaxListeners } from 'node:events';
import { leaderTrailer } from '../shared/names.ts';
import { StatusError } from '../shared/rpc.ts';
import type { Limit } from './core/limits.ts';
import { Candidate, type CandidateOptions } from './leadership/candidate.ts';
import { fenceWrites } from './leadership/fence.ts';
import type { Loss, Tenure } from './leadership/tenure.ts';
import { followLimitsFile } from './limits-file.ts';
import { openPauseKeeper } from './pauses/pause-keeper.ts';
import { Reign, type ReignOptions } from './reign.ts';

type Given = Omit<ReignOptions, 'tenure' | 'pauses' | 'signal' | 'onListed' | 'onSurpassed'> &
  Omit<CandidateOptions, 'onSeen'>;

export interface ReplicaOptions extends Given {
  /** Where `limits` came from; read again while the replica runs, leading or not. */
  readonly limitsFile?: string | undefined;
  /** It leads, stands by, or can do more than before. */
  readonly onChange: () => void;
}

// A Deployment must not lose its endpoints because its leader changes; later something is wrong.
const listPatienceMs = 30_000;
// Agents forget an epoch in that time anyway.
const surpassEveryMs = 600_000;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #candidate: Candidate;
  readonly #settled = Promise.withResolvers<void>();
  #limits: readonly Limit[];
  #reign: Reign | undefined;
  /** Monotonic; of the reign. */
  #beganAtMs = 0;
  #hasStoodBy = false;
  #surpassedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.#candidate = new Candidate({ ...options, onSeen: () => this.#seen() });
  }

  /** Undefined while it does not lead. */
  get reign(): Reign | undefined {
    return this.#reign;
  }

  /** Resolves when it leads for the first time, or has seen that another one does. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** What is missing until it can do its part, which is to lead or to take over. */
  get notReady(): string | undefined {
    if (this.#candidate.problem !== undefined) return this.#candidate.problem;
    if (this.#reign === undefined)
      return this.#hasStoodBy ? undefined : 'the coordination lease has not been read';
    const ledMs = this.#options.clock.now().monotonicMs - this.#beganAtMs;
    return this.#hasStoodBy && ledMs < listPatienceMs ? undefined : this.#reign.missing;
  }

  /** What callers are told who want a leader. */
  refuse(): StatusError {
    const { leader } = this.#candidate;
    const trailers = { [leaderTrailer]: leader?.address ?? 'unknown' };
    const why =
      leader === undefined
        ? 'this coordinator does not lead'
        : `this coordinator stands by: ${leader.identity} leads`;
    return new StatusError('UNAVAILABLE', why, { trailers });
  }

  /**
   * Ends only by throwing.
   * @throws the signal's reason, or what broke
   */
  async run(signal: AbortSignal): Promise<never> {
    const { limitsFile: path, clock, log } = this.#options;
    const onLimits = (limits: readonly Limit[]): void => this.configure(limits);
    const [never] = await Promise.all([
      this.#standAgainAndAgain(signal),
      path === undefined
        ? undefined
        : followLimitsFile({ path, limits: this.#limits, clock, log, onLimits }, signal),
    ]);
    return never;
  }

  /** Other limits from now on. A standby takes note of them as well: it begins its reign with what holds then. */
  configure(limits: readonly Limit[]): void {
    this.#limits = limits;
    this.#reign?.post({ kind: 'limitsConfigured', limits });
  }

  async #standAgainAndAgain(signal: AbortSignal): Promise<never> {
    for (;;) {
      const tenure = await this.#candidate.stand(signal);
      await this.#lead(tenure, signal);
      signal.throwIfAborted();
    }
  }

  async #lead(tenure: Tenure, outer: AbortSignal): Promise<void> {
    const life = new AbortController();
    const signal = AbortSignal.any([outer, life.signal]);
    // Every watch and every request listens to it.
    setMaxListeners(0, signal);
    const over = Promise.withResolvers<Ending>();
    const { log } = this.#options;
    const { epoch, isFirst } = tenure;
    log.info({ epoch, isFirst }, 'leadership taken');
    const onError = (error: unknown): void =>
      over.resolve(outer.aborted ? { kind: 'stopped' } : { kind: 'broken', error });
    const reigning = this.#reignOver(tenure, signal, over.resolve).catch(onError);
    const keeping = tenure
      .keep(() => this.#reign?.renewed(), signal)
      .then((loss) => over.resolve({ kind: 'lost', loss }), onError);
    const ending = await over.promise;
    // From here on nothing goes out.
    tenure.end();
    this.#reign?.halt();
    life.abort(new Error('the reign is over'));
    await this.#end(tenure, ending);
    await Promise.all([reigning, keeping]);
    if (ending.kind === 'broken') throw ending.error;
  }

  async #reignOver(
    tenure: Tenure,
    signal: AbortSignal,
    end: (ending: Ending) => void,
  ): Promise<void> {
    const { kube, leaseNamespace: namespace } = this.#options;
    const { epoch } = tenure;
    const given = { ...this.#options, kube: fenceWrites(kube, tenure), namespace, epoch };
    const pauses = await openPauseKeeper(given, signal);
    signal.throwIfAborted();
    await this.#begin({ tenure, pauses, signal }, end).run();
  }

  #begin(
    from: Pick<ReignOptions, 'tenure' | 'pauses' | 'signal'>,
    end: (ending: Ending) => void,
  ): Reign {
    const { clock, log, metrics, onChange } = this.#options;
    const reign = new Reign({
      ...this.#options,
      ...from,
      limits: this.#limits,
      onListed: () => {
        log.info('all lists are in');
        onChange();
      },
      onSurpassed: (newer) => this.#surpass(newer, end),
    });
    metrics.transitions.inc({ to: 'leader' });
    this.#reign = reign;
    this.#beganAtMs = clock.now().monotonicMs;
    this.#settled.resolve();
    onChange();
    return reign;
  }

  /** Tells agents and candidates that this reign is over. */
  async #end(tenure: Tenure, ending: Ending): Promise<void> {
    const { log, metrics, onChange } = this.#options;
    const reign = this.#reign;
    this.#reign = undefined;
    const why = ending.kind === 'lost' ? ending.loss.why : ending.kind;
    log.info({ epoch: tenure.epoch, why }, 'reign ended');
    if (reign !== undefined) metrics.transitions.inc({ to: 'standby' });
    if (ending.kind === 'lost') this.#candidate.see(ending.loss.stored);
    else this.#candidate.forget();
    reign?.stop(ending.kind === 'stopped' ? stopping() : this.refuse());
    onChange();
    if (ending.kind === 'lost') return;
    await tenure.release(ending.kind === 'surpassed' ? ending.epoch : tenure.epoch);
  }

  #surpass(epoch: number, end: (ending: Ending) => void): void {
    const { clock, log } = this.#options;
    const nowMs = clock.now().monotonicMs;
    if (nowMs - this.#surpassedAtMs < surpassEveryMs) {
      log.warn({ epoch }, 'newer epoch ignored');
      return;
    }
    this.#surpassedAtMs = nowMs;
    end({ kind: 'surpassed', epoch });
  }

  #seen(): void {
    if (this.#candidate.leader === undefined) return;
    this.#hasStoodBy = true;
    this.#settled.resolve();
    this.#options.onChange();
  }
}

function stopping(): StatusError {
  const trailers = { [leaderTrailer]: 'unknown' };
  return new StatusError('UNAVAILABLE', 'the coordinator is stopping', { trailers });
}

type Ending =
  | { readonly kind: 'lost'; readonly loss: Loss }
  /** Agents have met a newer epoch. */
  | { readonly kind: 'surpassed'; readonly epoch: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'broken'; readonly error: unknown };
