// What happens to agents and their streams.

import type { AgentProcess } from '../agent-process.ts';
import type { World } from '../world.ts';
import { type Fault, once } from './fault.ts';
import { cutOff, pause } from './process-strikes.ts';

/** Mostly one whose node pulls. */
function pickAgent(world: World): AgentProcess | undefined {
  const { draw, agents } = world;
  const busyNodes = world.busyNodes();
  const running = [...agents.values()].filter((one) => one.isRunning);
  const busy = running.filter((one) => busyNodes.has(one.node));
  return draw.pick(busy.length > 0 && draw.chance(0.8) ? busy : running);
}

export const agentFaults: readonly Fault[] = [
  {
    kind: 'agentCrash',
    strike: (world) => {
      const one = pickAgent(world);
      if (one === undefined) return undefined;
      one.kill();
      const lastsMs = world.draw.between(500, 60_000);
      return { target: one.name, lastsMs, mend: () => world.restartAgent(one) };
    },
  },
  {
    // A second agent speaks for the node, as in a roll-out that overlaps; the first one is superseded, and comes back.
    kind: 'agentTwin',
    strike: (world) => {
      const one = pickAgent(world);
      if (one === undefined) return undefined;
      const twin = world.startTwin(one);
      const lastsMs = world.draw.between(2_000, 40_000);
      return { target: one.name, lastsMs, mend: () => twin.kill() };
    },
  },
  {
    kind: 'agentPaused',
    strike: (world) => pause(pickAgent(world), world.draw.between(1_000, 60_000)),
  },
  {
    kind: 'agentCutOff',
    strike: (world) => cutOff(pickAgent(world), world.draw.between(5_000, 60_000)),
  },
  {
    kind: 'streamBreak',
    strike: ({ draw, sessions }) => {
      const one = draw.pick(sessions.open());
      if (one === undefined) return undefined;
      one.break('connection reset');
      return once(one.name);
    },
  },
  {
    kind: 'streamDelay',
    strike: ({ draw, sessions }) => {
      const one = draw.pick(sessions.open());
      if (one === undefined) return undefined;
      one.slow(draw.between(500, 12_000));
      const lastsMs = draw.between(5_000, 40_000);
      return { target: one.name, lastsMs, mend: () => one.slow(0) };
    },
  },
  {
    kind: 'streamSilence',
    strike: ({ draw, sessions }) => {
      const one = draw.pick(sessions.open());
      if (one === undefined) return undefined;
      one.silence();
      const lastsMs = draw.between(5_000, 60_000);
      return { target: one.name, lastsMs, mend: () => one.break('connection reset') };
    },
  },
];
