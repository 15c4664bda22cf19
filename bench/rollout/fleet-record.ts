// What the fake kubelets of the test bed's `fleet` did, from the log that fleet writes line by line. Not from a watch of
// pods: the API server ends watches that fall behind in a burst, and a pod that came and went before the next list would
// never be seen.

import { closeSync, openSync, readSync } from 'node:fs';
import type { Pull } from './measure.ts';

interface SeenPull extends Pull {
  readonly node: string;
  readonly succeeded: boolean;
}

/** A line of the log; fleet writes more fields, and events that do not matter here. */
interface Line {
  /** Seconds since 1970. */
  readonly t: number;
  readonly event: string;
  readonly uid?: string;
  readonly node: string;
  readonly image?: string;
}

const endings: ReadonlySet<string> = new Set(['succeeded', 'failed', 'taken-away', 'deleted']);
const chunkBytes = 1 << 20;

export class FleetRecord {
  readonly #file: number;
  readonly #chunk = Buffer.alloc(chunkBytes);
  readonly #pulls = new Map<string, SeenPull>();
  readonly #warm = new Map<string, number>();
  #rest = '';

  /**
   * @param path of the log, which fleet has already made
   * @throws Error when it cannot be opened
   */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  get pulls(): readonly Pull[] {
    return [...this.#pulls.values()];
  }

  /** Pairs of node and image that a pod has pulled. */
  get warmPairs(): number {
    return this.#warm.size;
  }

  /** When the last of the warm pairs became warm, by the machine's clock. */
  get warmAtMs(): number {
    return Math.max(...this.#warm.values());
  }

  /** Pods beyond the first of a pair. */
  get duplicatePods(): number {
    const pods = [...this.#pulls.values()];
    return pods.length - new Set(pods.map(pairOf)).size;
  }

  /** Takes in what fleet has written since the last call; it writes at least once a second. */
  read(): void {
    for (;;) {
      const bytes = readSync(this.#file, this.#chunk);
      if (bytes === 0) return;
      const lines = `${this.#rest}${this.#chunk.toString('utf8', 0, bytes)}`.split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#take(JSON.parse(line));
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #take({ t, event, uid = '', node, image = '' }: Line): void {
    const atMs = t * 1_000;
    if (event === 'pod-start') {
      const pull = { image, node, nodeUid: node, podCreatedAtMs: atMs, terminalAtMs: undefined };
      this.#pulls.set(uid, { ...pull, succeeded: false });
    }
    const known = this.#pulls.get(uid);
    if (known === undefined || !endings.has(event)) return;
    const succeeded = known.succeeded || event === 'succeeded';
    this.#pulls.set(uid, { ...known, succeeded, terminalAtMs: known.terminalAtMs ?? atMs });
    const pair = pairOf(known);
    if (succeeded && !this.#warm.has(pair)) this.#warm.set(pair, atMs);
  }
}

function pairOf({ node, image }: SeenPull): string {
  return `${node} ${image}`;
}
