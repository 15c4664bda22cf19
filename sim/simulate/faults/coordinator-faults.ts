// What happens to coordinators: crashes, pauses, stops, a leader that is cut off while its agents still hear it, clocks.

import type { CoordinatorProcess } from '../coordinator-process.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';
import { type Fault, once, type Struck } from './fault.ts';
import { cutOff, pause } from './process-strikes.ts';

const maxAwayMs = 30_000;

/** Mostly the one that leads, because the other one has nothing to lose. */
function pickCoordinator({ draw, coordinators }: World): CoordinatorProcess | undefined {
  const running = coordinators.filter((one) => one.isRunning);
  const leading = running.filter((one) => one.isLeading);
  return draw.pick(leading.length > 0 && draw.chance(0.8) ? leading : running);
}

export const coordinatorFaults: readonly Fault[] = [
  {
    kind: 'coordinatorCrash',
    strike: (world) => {
      const one = pickCoordinator(world);
      if (one === undefined) return undefined;
      one.kill();
      const lastsMs = world.draw.between(500, maxAwayMs);
      return { target: one.name, lastsMs, mend: () => one.start() };
    },
  },
  {
    kind: 'coordinatorRestart',
    strike: (world) => {
      const one = pickCoordinator(world);
      if (one === undefined) return undefined;
      one.stop();
      const lastsMs = world.draw.between(2_000, 10_000);
      return { target: one.name, lastsMs, mend: () => one.start() };
    },
  },
  {
    // As SIGSTOP, or a machine that swaps: it wakes and believes that no time has passed.
    kind: 'leaderPaused',
    strike: (world) => pause(pickCoordinator(world), world.draw.between(1_000, 60_000)),
  },
  {
    // It loses the API server and keeps its agents: its successor reigns beside it.
    kind: 'overlappingLeaders',
    strike: (world) => cutOff(pickCoordinator(world), world.draw.between(5_000, 60_000)),
  },
  {
    kind: 'wallClockJump',
    strike: (world) => {
      const { draw, coordinators, agents } = world;
      const one = draw.pick([...coordinators, ...agents.values()].filter((it) => it.isRunning));
      if (one === undefined) return undefined;
      // Coordinators are promised to be within maxClockSkew of the API server (ARCHITECTURE.md); agents are promised nothing.
      const maxMs = coordinators.some((it) => it === one) ? 900 : 3_600_000;
      const jumpMs = draw.between(-maxMs, maxMs);
      return jump(one, jumpMs, draw.between(5_000, 60_000));
    },
  },
  {
    kind: 'monotonicDrift',
    strike: (world) => {
      const one = pickCoordinator(world);
      if (one === undefined) return undefined;
      one.life?.clock.drift(1 + world.draw.between(-0.01, 0.01));
      return once(one.name);
    },
  },
];

function jump({ name, life }: Process, ms: number, lastsMs: number): Struck | undefined {
  if (life === undefined) return undefined;
  life.clock.setWallOffset(ms);
  const target = `${name} by ${Math.round(ms)} ms`;
  return { target, lastsMs, mend: () => life.clock.setWallOffset(0) };
}
