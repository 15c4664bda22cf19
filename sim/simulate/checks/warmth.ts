// I6 and I7, once faults have stopped: everything that can be warm is warm, and the statuses say so.

import type { CachedImageStatus } from '../../../coordinator/core/events.ts';
import type { Node } from '../../../shared/kube-types.ts';
import type { ApiObject } from '../../store/resources.ts';
import type { World } from '../world.ts';

/** What is still missing, in one line; undefined when all is warm. */
export function findCold(world: World): string | undefined {
  const { store } = world.cluster;
  for (const image of store.list('cachedimages')) {
    const reference = world.wishes.askedFor(
      image.metadata.name,
      image.metadata.uid ?? '',
      image.metadata.generation ?? 0,
    );
    const selector = readSelector(image);
    const targets = store.list('nodes').filter((node) => matches(node, selector));
    const cold = targets.find(
      ({ metadata }) =>
        !world.machines
          .images(metadata.name)
          .some(({ tagNames }) => reference !== undefined && tagNames.includes(reference)),
    );
    if (cold !== undefined) return describeCold(world, cold.metadata.name, reference);
    const lie = findWrongStatus(image, targets.length);
    if (lie !== undefined) return `${image.metadata.name}: ${lie}`;
  }
  return world.liveLeases() > 0 ? `${world.liveLeases()} pull pods still run` : undefined;
}

function describeCold(world: World, node: string, image: string | undefined): string {
  const said = world.coordinators.map((one) => one.explain(image ?? '', node)).find(Boolean);
  return `${node} lacks ${image} (${said ?? 'nobody leads'})`;
}

function readSelector({ spec }: ApiObject): Readonly<Record<string, string>> {
  const stored: { nodeSelector?: Record<string, string> } = Object(spec);
  return stored.nodeSelector ?? {};
}

function matches({ metadata }: Node, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value);
}

function findWrongStatus({ status, metadata }: ApiObject, targets: number): string | undefined {
  const stored: CachedImageStatus = Object(status);
  const { observedGeneration, nodesReady, nodesTargeted, phase } = stored;
  if (observedGeneration !== metadata.generation) return `status of ${observedGeneration}`;
  if (nodesTargeted !== targets || nodesReady !== targets)
    return `status says ${nodesReady}/${nodesTargeted} of ${targets}`;
  return phase === 'Ready' ? undefined : `phase ${phase}`;
}
