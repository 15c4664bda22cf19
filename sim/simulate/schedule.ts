// When faults strike: at random, often, and only while leases are live, because a fault that meets nothing proves nothing.
// Every strike is written down; at the end of the storm everything is mended at once.

import type { Timer } from '../../shared/clock.ts';
import { faults } from './faults/catalogue.ts';
import type { Fault } from './faults/fault.ts';
import type { World } from './world.ts';

/** Mean time between two strikes. */
const meanGapMs = 8_000;
/** With nothing live, the strike waits this long and looks again. */
const lookAgainMs = 500;

export class Storm {
  readonly #world: World;
  /** Strikes while leases were live, by kind. */
  readonly #strikes = new Map<string, number>(faults.map(({ kind }) => [kind, 0]));
  readonly #open = new Set<() => void>();
  #timer: Timer | undefined;
  /** The kinds that were not struck since all were: so that all of them are, about equally often. */
  #deck: Fault[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  get strikes(): ReadonlyMap<string, number> {
    return this.#strikes;
  }

  start(): void {
    const { draw, clock } = this.#world;
    const gapMs = -Math.log(1 - draw.random()) * meanGapMs;
    this.#timer = clock.startTimer(gapMs, () => this.#strikeOrWait());
  }

  /** No more strikes, and everything that is struck is mended. */
  end(): void {
    this.#timer?.cancel();
    for (const mend of [...this.#open]) mend();
  }

  #strikeOrWait(): void {
    const { clock } = this.#world;
    if (this.#world.liveLeases() === 0) {
      this.#timer = clock.startTimer(lookAgainMs, () => this.#strikeOrWait());
      return;
    }
    this.#strike(this.#drawFault());
    this.start();
  }

  #drawFault(): Fault {
    if (this.#deck.length === 0) this.#deck = [...faults];
    const index = this.#world.draw.whole(0, this.#deck.length - 1);
    const [fault] = this.#deck.splice(index, 1);
    if (fault === undefined) throw new Error('cannot draw a fault: there is none');
    return fault;
  }

  #strike({ kind, strike }: Fault): void {
    const { trace, clock } = this.#world;
    const struck = strike(this.#world);
    if (struck === undefined) return;
    const { target, lastsMs } = struck;
    trace.note(`fault ${kind} ${target}${lastsMs > 0 ? ` for ${Math.round(lastsMs)} ms` : ''}`);
    this.#strikes.set(kind, (this.#strikes.get(kind) ?? 0) + 1);
    if (lastsMs === 0) return;
    const mend = (): void => {
      if (!this.#open.delete(mend)) return;
      trace.note(`mended ${kind} ${target}`);
      struck.mend();
    };
    this.#open.add(mend);
    clock.startTimer(lastsMs, mend);
  }
}
