// A fault: something that happens to clusters, done to the simulated one, and taken back after a while.

import type { World } from '../world.ts';

export interface Struck {
  /** On what, for the trace. */
  readonly target: string;
  /** Until `mend`; 0 for what mends itself or needs no mending. */
  readonly lastsMs: number;
  mend(): void;
}

export interface Fault {
  readonly kind: string;
  /** Undefined when there is nothing that it could strike now. */
  strike(world: World): Struck | undefined;
}

/** Struck once and over. */
export function once(target: string): Struck {
  return { target, lastsMs: 0, mend: () => {} };
}
