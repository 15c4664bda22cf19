// A coordinator's core with a crowd of connected nodes that lack everything, and pulls that end when the bench says so. No
// sockets and no waiting: what it costs is what the core costs.

import { Core } from '../../coordinator/core/core.ts';
import type { CachedImageObject, Event, NodeRecord } from '../../coordinator/core/events.ts';
import type { Limit } from '../../coordinator/core/limits.ts';
import type { Instant } from '../../shared/clock.ts';
import type { Offer } from '../../shared/protocol.ts';
import { cachedImage, helloOf, nodeRecord, podOf, startWallMs } from '../../sim/core-records.ts';

const zones = 3;

export interface CrowdOptions {
  readonly nodes: number;
  readonly images: number;
  readonly limits: readonly Limit[];
}

interface Outstanding {
  readonly offer: Offer;
  readonly sessionId: string;
}

export class Crowd {
  readonly #core: Core;
  readonly #options: CrowdOptions;
  /** Oldest first. */
  readonly #outstanding: Outstanding[] = [];
  #nowMs = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.#core = new Core({ epoch: 1, firstEpoch: true, startedAt: this.#now, random: () => 0 });
  }

  get outstanding(): number {
    return this.#outstanding.length;
  }

  /** Lists come in, then every agent with an empty inventory. */
  start(): void {
    const { nodes, images, limits } = this.#options;
    this.#apply({ kind: 'limitsConfigured', limits });
    const names = Array.from({ length: nodes }, (_, index) => `node-${index}`);
    this.#apply({ kind: 'nodesListed', nodes: names.map(nodeOf) });
    this.#apply({ kind: 'podsListed', pods: [] });
    this.#apply({ kind: 'policiesListed', policies: [] });
    this.#apply({ kind: 'imagesListed', images: Array.from({ length: images }, imageOf) });
    for (const name of names) {
      this.#apply({ kind: 'helloReceived', sessionId: name, hello: helloOf(name) });
      this.#apply({ kind: 'inventoryReceived', sessionId: name, entries: [] });
    }
    for (const name of names)
      this.#apply({ kind: 'heartbeatReceived', sessionId: name, sequence: 1 });
  }

  /**
   * The oldest pull ends, and everything that follows from it happens. Returns how long it took from the end to the next
   * offer, in real milliseconds; undefined when there was none.
   */
  endOldest(): number | undefined {
    const [oldest] = this.#outstanding.splice(0, 1);
    if (oldest === undefined) return undefined;
    const { offer, sessionId } = oldest;
    // Fast enough that no heartbeat grows old while the bench runs.
    this.#nowMs += 2;
    const pod = podOf(offer, sessionId, this.#now.wallMs);
    this.#apply({ kind: 'podSeen', pod });
    const reading = { kind: 'pulled', terminal: true, digest: 'sha256:d', message: '' } as const;
    const before = this.#outstanding.length;
    const beganMs = performance.now();
    this.#apply({ kind: 'podSeen', pod: { ...pod, reading } });
    const tookMs = performance.now() - beganMs;
    const hasOffered = this.#outstanding.length > before;
    const entry = {
      reference: offer.image,
      digest: 'sha256:d',
      sizeBytes: 1,
      provenance: 'pullPod',
      observedAtMs: this.#now.wallMs,
    } as const;
    this.#apply({ kind: 'inventoryChanged', sessionId, added: [entry], removed: [] });
    this.#apply({ kind: 'podGone', pod: { ...pod, reading } });
    return hasOffered ? tookMs : undefined;
  }

  get #now(): Instant {
    return { wallMs: startWallMs + this.#nowMs, monotonicMs: this.#nowMs };
  }

  #apply(event: Event): void {
    for (const effect of this.#core.apply(event, this.#now)) {
      if (effect.kind === 'send' && effect.message.kind === 'offer')
        this.#outstanding.push({ offer: effect.message, sessionId: effect.sessionId });
    }
  }
}

function nodeOf(name: string, index: number): NodeRecord {
  return nodeRecord(name, {
    labels: { 'topology.kubernetes.io/zone': `zone-${index % zones}` },
  });
}

function imageOf(_: unknown, index: number): CachedImageObject {
  const name = `image-${index}`;
  return cachedImage(name, { image: `registry-${index % 4}.example/${name}`, tag: '1' });
}
