// What may strike any process, coordinator or agent.

import type { Process } from '../process.ts';
import type { Struck } from './fault.ts';

/** It stands still and wakes in the belief that no time has passed; undefined when it does so already. */
export function pause(process: Process | undefined, lastsMs: number): Struck | undefined {
  const life = process?.life;
  if (process === undefined || life === undefined || life.clock.isPaused) return undefined;
  life.clock.pause();
  return { target: process.name, lastsMs, mend: () => life.clock.resume() };
}

/** It loses the API server and nothing else. */
export function cutOff(process: Process | undefined, lastsMs: number): Struck | undefined {
  const life = process?.life;
  if (process === undefined || life === undefined || life.link.isCut) return undefined;
  life.link.cut();
  return { target: process.name, lastsMs, mend: () => life.link.restore() };
}
