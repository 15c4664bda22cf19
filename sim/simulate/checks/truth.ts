// I4: a status calls a node cached only when it had the image that this generation asks for, not long ago.

import type { CachedImageStatus } from '../../../coordinator/core/events.ts';
import { timing } from '../../../shared/protocol.ts';
import type { ApiObject } from '../../store/resources.ts';
import type { World } from '../world.ts';
import type { Report } from './violation.ts';

// An observation counts for statusLagMs, a terminal pod that a new coordinator finds is observed anew, and counts are
// written 10 s after they changed, later while the API server refuses.
const staleMs = 2 * timing.statusLagMs + 60_000;

/** A status names so many nodes at most (kinds). */
const maxNames = 100;

export class TruthCheck {
  readonly #world: World;
  readonly #report: Report;
  /** `NODE REFERENCE` to when it was last seen there, by the kubelet's own image store. */
  readonly #heldAtMs = new Map<string, number>();

  constructor(world: World, report: Report) {
    this.#world = world;
    this.#report = report;
    world.machines.onRemoval((node, { tagNames }) => this.#note(node, tagNames));
  }

  /** Often enough that `staleMs` means something: once a second. */
  sample(): void {
    const nowMs = this.#world.clock.now().monotonicMs;
    for (const node of this.#world.nodeNames())
      for (const { tagNames } of this.#world.machines.images(node)) this.#note(node, tagNames);
    // Of a node that nobody hears, the last word stands.
    for (const [key, atMs] of this.#heldAtMs) {
      if (nowMs - atMs > staleMs) this.#heldAtMs.delete(key);
      else if (this.#world.isHidden(key.slice(0, key.indexOf(' ')))) this.#heldAtMs.set(key, nowMs);
    }
  }

  statusWritten({ metadata, status }: ApiObject): void {
    const stored: CachedImageStatus = Object(status);
    const { observedGeneration, cachedNodes = [], nodesReady = 0 } = stored;
    if (observedGeneration === undefined) return;
    const { name, uid = '' } = metadata;
    const asked = this.#world.wishes.askedFor(name, uid, observedGeneration);
    const liar = cachedNodes.find((node) => asked !== undefined && !this.#held(node, asked));
    if (asked === undefined) this.#tell(`${name} speaks of generation ${observedGeneration}`);
    else if (liar !== undefined) this.#tell(`${name} says that ${liar} has ${asked}`);
    else if (nodesReady > cachedNodes.length && cachedNodes.length < maxNames)
      this.#tell(`${name} counts ${nodesReady} nodes and names ${cachedNodes.length}`);
  }

  #note(node: string, names: readonly string[]): void {
    const nowMs = this.#world.clock.now().monotonicMs;
    for (const name of names) this.#heldAtMs.set(`${node} ${name}`, nowMs);
  }

  #tell(what: string): void {
    this.#report({ invariant: 'I4', what });
  }

  #held(node: string, reference: string): boolean {
    const nowMs = this.#world.clock.now().monotonicMs;
    const isThere =
      this.#world.nodeNames().includes(node) &&
      this.#world.machines.images(node).some(({ tagNames }) => tagNames.includes(reference));
    const heldAtMs = this.#heldAtMs.get(`${node} ${reference}`) ?? Number.NEGATIVE_INFINITY;
    return isThere || nowMs - heldAtMs <= staleMs;
  }
}
