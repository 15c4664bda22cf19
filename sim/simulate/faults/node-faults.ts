// What happens to nodes and their kubelets.

import type { World } from '../world.ts';
import { type Fault, once, type Struck } from './fault.ts';

// A cluster of which most is broken proves nothing about the rest.
const maxHeldShare = 0.3;

/** A node that exists and that no other fault holds; mostly one that pulls. */
function pickNode(world: World): string | undefined {
  const { draw, heldNodes } = world;
  const free = world.nodeNames().filter((name) => !heldNodes.has(name));
  const busyNodes = world.busyNodes();
  const busy = free.filter((name) => busyNodes.has(name));
  return draw.pick(busy.length > 0 && draw.chance(0.8) ? busy : free);
}

/** Strikes a node and lets no other fault strike it before the mending. */
function hold(
  world: World,
  strike: (name: string) => { readonly lastsMs: number; mend(): void } | undefined,
): Struck | undefined {
  if (world.heldNodes.size > Math.ceil(world.nodeNames().length * maxHeldShare)) return undefined;
  const name = pickNode(world);
  if (name === undefined) return undefined;
  const struck = strike(name);
  if (struck === undefined) return undefined;
  world.heldNodes.add(name);
  return {
    target: name,
    lastsMs: struck.lastsMs,
    mend: () => {
      world.heldNodes.delete(name);
      struck.mend();
    },
  };
}

// Now and then longer than the five minutes after which a node's leases are suspect.
function awayMs({ draw }: World): number {
  return draw.chance(0.2) ? draw.between(300_000, 420_000) : draw.between(2_000, 90_000);
}

export const nodeFaults: readonly Fault[] = [
  {
    kind: 'kubeletHung',
    strike: (world) =>
      hold(world, (name) => {
        world.cluster.freeze(name);
        return { lastsMs: awayMs(world), mend: () => world.cluster.thaw(name) };
      }),
  },
  {
    kind: 'kubeletSlow',
    strike: (world) =>
      hold(world, (name) => {
        world.machines.slow(name, world.draw.between(4, 12));
        return {
          lastsMs: world.draw.between(20_000, 90_000),
          mend: () => world.machines.slow(name, 1),
        };
      }),
  },
  {
    kind: 'nodeNotReadyStillPulling',
    strike: (world) =>
      hold(world, (name) => {
        world.cluster.disconnect(name);
        return { lastsMs: awayMs(world), mend: () => world.cluster.connect(name) };
      }),
  },
  {
    kind: 'kubeletRestart',
    strike: (world) => {
      const name = pickNode(world);
      if (name === undefined) return undefined;
      world.cluster.node(name).restart(world.draw.between(500, 10_000));
      return once(name);
    },
  },
  {
    kind: 'nodePowerOff',
    strike: (world) =>
      hold(world, (name) => {
        world.powerOff(name);
        return { lastsMs: awayMs(world), mend: () => world.powerOn(name) };
      }),
  },
  {
    kind: 'nodeDeleted',
    strike: (world) => {
      const name = pickNode(world);
      if (name === undefined) return undefined;
      world.removeNode(name);
      const lastsMs = world.draw.between(5_000, 60_000);
      return { target: name, lastsMs, mend: () => world.addNode() };
    },
  },
  {
    // The machine is replaced by another one of the same name, or its object is made anew.
    kind: 'nodeReturnedSameName',
    strike: (world) => {
      const name = pickNode(world);
      if (name === undefined) return undefined;
      world.removeNode(name);
      const lastsMs = world.draw.between(500, 30_000);
      return { target: name, lastsMs, mend: () => world.addNode(name) };
    },
  },
  {
    kind: 'imageGc',
    strike: (world) => {
      const name = world.draw.pick(world.nodeNames().filter((one) => !world.heldNodes.has(one)));
      if (name === undefined) return undefined;
      const image = world.draw.pick(world.machines.collectable(name));
      if (image === undefined) return undefined;
      world.machines.collect(name, image);
      return once(`${image.tagNames[0] ?? image.image.digest} on ${name}`);
    },
  },
  {
    kind: 'diskPressure',
    strike: (world) =>
      hold(world, (name) => {
        world.machines.setDiskPressure(name, true);
        const lastsMs = world.draw.between(10_000, 60_000);
        return { lastsMs, mend: () => world.machines.setDiskPressure(name, false) };
      }),
  },
  {
    kind: 'drain',
    strike: (world) =>
      hold(world, (name) => {
        world.cluster.drain(name);
        const lastsMs = world.draw.between(20_000, 90_000);
        return { lastsMs, mend: () => world.cluster.uncordon(name) };
      }),
  },
];
