// What tests of the agent's core have in common: values with defaults, and a core that is driven by hand.

import { AgentCore } from '../../../agent/core/core.ts';
import type { Action, Event, OwnNode, OwnPod } from '../../../agent/core/events.ts';
import type { Instant } from '../../../shared/clock.ts';
import { formatPair, formatPodName } from '../../../shared/pair.ts';
import type { PodReading } from '../../../shared/pod-outcome.ts';
import type { AgentMessage, LeaseUpdate, Offer, Welcome } from '../../../shared/protocol.ts';

export const nodeUid = 'node-uid-1';
export const startWallMs = Date.UTC(2026, 10, 21, 12, 0, 0);
export const digest = `sha256:${'d1'.repeat(32)}`;
export const otherDigest = `sha256:${'e2'.repeat(32)}`;

export function makeNode(part: Partial<OwnNode> = {}): OwnNode {
  return {
    name: 'n1',
    uid: nodeUid,
    platform: { os: 'linux', architecture: 'amd64' },
    kubeletVersion: 'v1.36.3',
    containerRuntimeVersion: 'containerd://2.4.2',
    images: [],
    leaving: false,
    reportedAtMs: startWallMs,
    ...part,
  };
}

export function makeOffer(number: number, part: Partial<Offer> = {}): Offer {
  const image = part.image ?? `registry.example/app${number}:1`;
  const pair = { nodeUid, image, pullSecrets: [] };
  return {
    kind: 'offer',
    leaseId: `1-${number}`,
    epoch: 1,
    heartbeatSequence: 1,
    notAfterMs: startWallMs + 15_000,
    pair: formatPair(pair),
    podName: formatPodName(pair),
    image,
    imagePullPolicy: 'IfNotPresent',
    pullSecrets: [],
    tolerations: [],
    limits: ['cluster', 'image', 'node'],
    pullTimeoutMs: 1_800_000,
    ...part,
  };
}

export const pulling: PodReading = { kind: 'pulling' };
export const pulled: PodReading = { kind: 'pulled', terminal: true, digest, message: '' };
/** The kubelet's last word of a pod that was deleted in mid-pull. */
export const removed: PodReading = {
  kind: 'failed',
  terminal: true,
  reason: 'PodVanished',
  message: 'could not be located',
};
export const failing: PodReading = {
  kind: 'failed',
  terminal: false,
  reason: 'ImageNotFound',
  message: 'not found',
};

export function makePod(offer: Offer, part: Partial<OwnPod> = {}): OwnPod {
  const { leaseId, epoch, pair, limits, notAfterMs, pullTimeoutMs } = offer;
  return {
    name: offer.podName,
    uid: `pod-of-${leaseId}`,
    lease: { leaseId, epoch, pair, limits, notAfterMs, pullTimeoutMs },
    image: offer.image,
    createdAtMs: startWallMs,
    finishedAtMs: undefined,
    sandboxReady: undefined,
    deleting: false,
    reading: pulling,
    ...part,
  };
}

export function makeWelcome(part: Partial<Welcome> = {}): Welcome {
  return {
    kind: 'welcome',
    sessionId: 's1',
    epoch: 1,
    inventoryWanted: true,
    heartbeatIntervalMs: 10_000,
    offerTtlMs: 15_000,
    acknowledged: [],
    ...part,
  };
}

/** A core with its clock; `take` returns what the core asks for. */
export class World {
  readonly core = new AgentCore({ agentInstance: 'a1', maxStatusImages: 50, random: () => 0 });
  #elapsedMs = 0;

  get now(): Instant {
    return { wallMs: startWallMs + this.#elapsedMs, monotonicMs: 1_000 + this.#elapsedMs };
  }

  take(event: Event): readonly Action[] {
    return this.core.apply(event, this.now);
  }

  /** Time passes in one step, as after a pause of the process. */
  pass(ms: number): readonly Action[] {
    this.#elapsedMs += ms;
    return this.take({ kind: 'ticked' });
  }

  /** Knows its node and no pod, and has been welcomed: heartbeat 1 is sent. */
  connect(welcome: Partial<Welcome> = {}): readonly Action[] {
    this.take({ kind: 'nodeSeen', node: makeNode() });
    this.take({ kind: 'podsListed', pods: [], askedAtMs: 0 });
    this.core.hello();
    return this.take({ kind: 'sessionOpened', welcome: makeWelcome(welcome) });
  }

  offer(offer: Offer): readonly Action[] {
    return this.take({ kind: 'messageReceived', message: offer });
  }

  acknowledge(pod: OwnPod): readonly Action[] {
    const { uid: podUid, lease } = pod;
    const message = { kind: 'outcomeAck', leaseId: lease?.leaseId ?? '', podUid } as const;
    return this.take({ kind: 'messageReceived', message });
  }
}

export function sent(actions: readonly Action[]): readonly AgentMessage[] {
  return actions.flatMap((action) => (action.kind === 'send' ? [action.message] : []));
}

export function updates(actions: readonly Action[]): readonly LeaseUpdate[] {
  return sent(actions).flatMap((message) => (message.kind === 'leaseUpdate' ? [message] : []));
}

export function kinds(actions: readonly Action[]): readonly string[] {
  return actions.map((action) => (action.kind === 'send' ? action.message.kind : action.kind));
}
