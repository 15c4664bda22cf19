// What people do in the middle of a roll-out: edit images, policies, limits, labels and taints.

import { type Fault, once } from './fault.ts';

export const editFaults: readonly Fault[] = [
  {
    kind: 'editImage',
    strike: (world) => {
      const target = world.wishes.editImage();
      return target === undefined ? undefined : once(target);
    },
  },
  {
    kind: 'editPolicy',
    strike: (world) => {
      const target = world.wishes.editPolicy();
      return target === undefined ? undefined : once(target);
    },
  },
  {
    kind: 'editLimits',
    strike: (world) => once(world.limits.edit()),
  },
  {
    kind: 'editLabels',
    strike: (world) => {
      const name = world.draw.pick(world.nodeNames());
      if (name === undefined) return undefined;
      const lastsMs = world.draw.between(10_000, 60_000);
      world.machines.setLabel(name, 'pool', 'b');
      return { target: name, lastsMs, mend: () => world.machines.setLabel(name, 'pool', 'a') };
    },
  },
  {
    kind: 'editTaints',
    strike: (world) => {
      const name = world.draw.pick(world.nodeNames());
      if (name === undefined) return undefined;
      const lastsMs = world.draw.between(10_000, 60_000);
      world.machines.setTaint(name, true);
      return { target: name, lastsMs, mend: () => world.machines.setTaint(name, false) };
    },
  },
];
