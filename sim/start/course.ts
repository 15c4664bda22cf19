// The course of a run, look by look: when it began to count, when everything was warm, and whether it ever will be.

import { formatSpan } from '../../shared/span.ts';
import { countPairs, findBlocking, isWarm, type Snapshot } from './snapshot.ts';

export type Verdict =
  | { readonly kind: 'going' }
  | { readonly kind: 'warm' }
  /** Nothing that is still to come can make it warm; a line for each reason. */
  | { readonly kind: 'stuck'; readonly why: readonly string[] };

/** CachedImages of which the coordinator made no desired image. */
export interface Unresolved {
  /** It has not read them yet. */
  readonly pending: readonly string[];
  /** It cannot understand them; name and reason. */
  readonly invalid: readonly string[];
}

// Backoff between two attempts is 5 minutes at most; twice that without a lease or a new pair is no waiting any more.
const patienceMs = 10 * 60_000;

/** Times are wall times of the cluster's clock. */
export class Course {
  #startedAtMs: number | undefined;
  #warmAtMs: number | undefined;
  #movedAtMs: number | undefined;
  #position = '';

  /** Last agent's inventory complete; undefined before. */
  get startedAtMs(): number | undefined {
    return this.#startedAtMs;
  }

  /** Last pair warm, the first time; undefined before. */
  get warmAtMs(): number | undefined {
    return this.#warmAtMs;
  }

  look(snapshot: Snapshot, unresolved: Unresolved, nowMs: number): Verdict {
    const { nodes, nodesConnected } = snapshot;
    const isResolved = unresolved.pending.length + unresolved.invalid.length === 0;
    if (nodes > 0 && nodes === nodesConnected) this.#startedAtMs ??= nowMs;
    if (this.#startedAtMs !== undefined && isResolved && isWarm(snapshot)) {
      this.#warmAtMs ??= nowMs;
      return { kind: 'warm' };
    }
    const why = explainStuck(snapshot, unresolved) ?? this.#explainStandstill(snapshot, nowMs);
    return why === undefined ? { kind: 'going' } : { kind: 'stuck', why };
  }

  #explainStandstill(snapshot: Snapshot, nowMs: number): readonly string[] | undefined {
    const { all, warm } = countPairs(snapshot);
    const position = [warm, all, snapshot.nodesConnected].join('/');
    if (snapshot.leasesLive > 0 || position !== this.#position) this.#movedAtMs = nowMs;
    this.#position = position;
    if (nowMs - (this.#movedAtMs ?? nowMs) < patienceMs) return undefined;
    return [
      `nothing has moved for ${formatSpan(patienceMs)}: ${warm}/${all} pairs warm, agents ${snapshot.nodesConnected}/${snapshot.nodes}, no lease live`,
    ];
  }
}

function explainStuck(
  snapshot: Snapshot,
  { pending, invalid }: Unresolved,
): readonly string[] | undefined {
  if (pending.length > 0) return undefined;
  const { all, warm } = countPairs(snapshot);
  const blocking = findBlocking(snapshot);
  // An invalid one is reported when the others are done, however that is.
  if (blocking === undefined && (invalid.length === 0 || warm < all)) return undefined;
  const failing = (blocking ?? []).map(
    ({ image, failed, targeted, failure }) =>
      `${image} fails on ${failed} of ${targeted} nodes${failure === '' ? '' : `: ${failure}`}`,
  );
  return [...failing, ...invalid];
}
