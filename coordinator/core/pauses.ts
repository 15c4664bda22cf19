// What people have paused. A pause holds new offers back, of everything, of one policy or of one image; pulls under way
// go on, because a pull cannot be stopped. The list is given as a whole: the shell keeps it where it survives.

import type { DesiredImage } from './desired-image.ts';
import type { Gate, Wait } from './gate.ts';

export type PauseScope = 'all' | 'policy' | 'image';

export interface Pause {
  readonly scope: PauseScope;
  /** Name of the PullPolicy or normalised image reference; empty for everything. */
  readonly name: string;
  readonly why: string;
  /** Who asked, in their own words. */
  readonly by: string;
  /** The user that a token proved; empty without authentication. */
  readonly authenticatedAs: string;
  readonly sinceMs: number;
}

export class Pauses implements Gate {
  #byKey: ReadonlyMap<string, Pause> = new Map();

  set(pauses: readonly Pause[]): void {
    this.#byKey = new Map(pauses.map((pause) => [keyOf(pause), pause]));
  }

  list(): readonly Pause[] {
    return [...this.#byKey.values()];
  }

  /** The widest one that holds the image back: as long as it stands, ending a narrower one changes nothing. */
  find(image: DesiredImage): Pause | undefined {
    if (this.#byKey.size === 0) return undefined;
    const all = this.#byKey.get(keyOf({ scope: 'all', name: '' }));
    if (all !== undefined) return all;
    for (const { parsed } of image.wishes) {
      if (parsed.kind === 'invalid' || parsed.wish.policy === undefined) continue;
      const pause = this.#byKey.get(keyOf({ scope: 'policy', name: parsed.wish.policy }));
      if (pause !== undefined) return pause;
    }
    return this.#byKey.get(keyOf({ scope: 'image', name: image.image }));
  }

  checkImage(image: DesiredImage): Wait | undefined {
    const pause = this.find(image);
    if (pause === undefined) return undefined;
    return { reason: 'Paused', by: describePause(pause), retryAtMs: undefined };
  }

  checkNode(): undefined {
    return undefined;
  }
}

/** What is paused, by whom and why, in words. */
export function describePause({ scope, name, by, authenticatedAs, why }: Pause): string {
  const what = scope === 'all' ? 'everything' : `${scope} ${name}`;
  const who = by || authenticatedAs;
  return `${what} is paused${who === '' ? '' : ` by ${who}`}${why === '' ? '' : `: ${why}`}`;
}

function keyOf({ scope, name }: Pick<Pause, 'scope' | 'name'>): string {
  return `${scope} ${name}`;
}
