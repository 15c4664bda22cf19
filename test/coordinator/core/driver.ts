// The core under a test's hand: every event is given by the test, time passes when it says so.

import { Core } from '../../../coordinator/core/core.ts';
import type { Effect, Event, PullPodRecord } from '../../../coordinator/core/events.ts';
import type { CoreSettings } from '../../../coordinator/core/state.ts';
import type { Instant } from '../../../shared/clock.ts';
import type { LeaseUpdate, Offer } from '../../../shared/protocol.ts';
import { cachedImage, helloOf, nodeRecord, startWallMs } from '../../../sim/core-records.ts';

export const appImage = 'r.example/app:1';

/** The kubelet's last word of a pod that was deleted in mid-pull. */
export const removed = {
  kind: 'failed',
  terminal: true,
  reason: 'PodVanished',
  message: '',
} as const;

export class Driver {
  readonly core: Core;
  nowMs = 0;

  constructor(settings: Partial<CoreSettings> = {}) {
    const defaults = { epoch: 1, firstEpoch: true, startedAt: this.now, random: () => 0 };
    this.core = new Core({ ...defaults, ...settings });
  }

  get now(): Instant {
    return { wallMs: startWallMs + this.nowMs, monotonicMs: this.nowMs };
  }

  apply(event: Event): readonly Effect[] {
    return this.core.apply(event, this.now);
  }

  /** Lets time pass, telling the core whenever it asked for it. */
  pass(spanMs: number): readonly Effect[] {
    const untilMs = this.nowMs + spanMs;
    const effects: Effect[] = [];
    let nextMs = this.core.nextDeadlineMs();
    while (nextMs !== undefined && nextMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, nextMs);
      effects.push(...this.apply({ kind: 'ticked' }));
      nextMs = this.core.nextDeadlineMs();
    }
    this.nowMs = untilMs;
    return effects;
  }

  /** All lists: no policies, the nodes, the pods, and one CachedImage `app` for `appImage`. */
  list(given: { pods?: readonly PullPodRecord[]; nodes?: readonly string[] } = {}): void {
    const nodes = (given.nodes ?? ['n1', 'n2']).map((name) => nodeRecord(name));
    this.apply({ kind: 'nodesListed', nodes });
    this.apply({ kind: 'podsListed', pods: given.pods ?? [] });
    const images = [cachedImage('app', { image: 'r.example/app', tag: '1' })];
    this.apply({ kind: 'imagesListed', images });
    this.apply({ kind: 'policiesListed', policies: [] });
  }

  /** An agent with an empty inventory and its first heartbeat, on session `s-NODE`. */
  connect(node: string): readonly Effect[] {
    const sessionId = `s-${node}`;
    return [
      ...this.apply({ kind: 'helloReceived', sessionId, hello: helloOf(node) }),
      ...this.apply({ kind: 'inventoryReceived', sessionId, entries: [] }),
      ...this.beat(node, 1),
    ];
  }

  beat(node: string, sequence: number): readonly Effect[] {
    return this.apply({ kind: 'heartbeatReceived', sessionId: `s-${node}`, sequence });
  }

  phase(leaseId: string): string | undefined {
    return this.core.lease(leaseId)?.phase;
  }
}

export function updateOf(change: Partial<LeaseUpdate> & { leaseId: string }): LeaseUpdate {
  return {
    kind: 'leaseUpdate',
    podUid: undefined,
    state: 'ended',
    outcome: 'Failed',
    reason: 'PullFailed',
    message: 'words',
    digest: undefined,
    admittedImage: undefined,
    unseen: false,
    ...change,
  };
}

export function offersIn(effects: readonly Effect[]): readonly Offer[] {
  return effects.flatMap((effect) =>
    effect.kind === 'send' && effect.message.kind === 'offer' ? [effect.message] : [],
  );
}

export function firstOffer(effects: readonly Effect[]): Offer {
  const [offer] = offersIn(effects);
  if (offer === undefined) throw new Error('no offer');
  return offer;
}
