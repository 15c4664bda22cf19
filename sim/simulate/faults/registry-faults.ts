// What registries answer.

import type { Refusal } from '../../registry/registry.ts';
import { registryHosts } from '../wishes.ts';
import type { World } from '../world.ts';
import type { Fault, Struck } from './fault.ts';

function refuse(world: World, scope: string | undefined, refusal: Refusal): Struck | undefined {
  if (scope === undefined || world.heldRegistries.has(scope)) return undefined;
  const { registry } = world.cluster;
  registry.refuse(scope, refusal);
  world.heldRegistries.add(scope);
  const mend = (): void => {
    registry.accept(scope);
    world.heldRegistries.delete(scope);
  };
  return { target: scope, lastsMs: world.draw.between(5_000, 60_000), mend };
}

function fault(kind: string, refusal: Refusal, of: 'registry' | 'image'): Fault {
  return {
    kind,
    strike: (world) => {
      const scopes = of === 'registry' ? registryHosts : world.wishes.images();
      return refuse(world, world.draw.pick(scopes), refusal);
    },
  };
}

export const registryFaults: readonly Fault[] = [
  fault('registry429', 'rateLimited', 'registry'),
  fault('registry5xx', 'unavailable', 'registry'),
  fault('registryUnreachable', 'unreachable', 'registry'),
  fault('registryAuth', 'unauthorized', 'image'),
  fault('registryMissing', 'missing', 'image'),
];
