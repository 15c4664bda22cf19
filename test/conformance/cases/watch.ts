// Lists in pages, and watches that go on where a list ended.

import { describe, expect, test } from 'vitest';
import type { WatchEvent } from '../../../shared/kube-client.ts';
import type { List, Node, Pod } from '../../../shared/kube-types.ts';
import { nowhere, type Workbench } from '../workbench.ts';

export function describeWatchCases(open: () => Workbench): void {
  describe('list', () => {
    test('pages together are the list, at one version', async () => {
      const bench = open();
      const names = await createPods(bench, 5);
      const query = { labelSelector: bench.selector, limit: '2' };
      const pages: List<Pod>[] = [await listPods(bench, query)];
      for (let token = nextToken(pages); token !== undefined; token = nextToken(pages)) {
        pages.push(await listPods(bench, { ...query, continue: token }));
      }
      expect(pages.map((page) => page.items.length)).toEqual([2, 2, 1]);
      expect(new Set(pages.map((page) => page.metadata.resourceVersion)).size).toBe(1);
      const listed = pages.flatMap((page) => page.items.map((pod) => pod.metadata.name));
      expect(listed).toEqual([...names].sort());
    });

    test('a later page shows the moment of the first one', async () => {
      const bench = open();
      const names = (await createPods(bench, 3)).toSorted();
      const query = { labelSelector: bench.selector, limit: '2' };
      const first = await listPods(bench, query);
      const [last = ''] = names.slice(-1);
      await bench.deletePod(last, 0);
      const token = first.metadata.continue ?? '';
      const second = await listPods(bench, { ...query, continue: token });
      expect(second.items.map((pod) => pod.metadata.name)).toEqual([last]);
    });

    test.for([
      { selector: 'tier=front', found: ['front'] },
      { selector: 'tier', found: ['back', 'front'] },
      { selector: '!tier', found: ['none'] },
      { selector: 'tier!=front', found: ['back', 'none'] },
      { selector: 'tier in (front,back)', found: ['back', 'front'] },
      { selector: 'tier notin (front)', found: ['back', 'none'] },
    ])('label selector $selector', async ({ selector, found }) => {
      const bench = open();
      const tiers = [{ tier: 'front' }, { tier: 'back' }, {}];
      for (const labels of tiers) {
        await bench.createPod(bench.buildPod({ image: 'a.example/b:1', node: nowhere, labels }));
      }
      const query = { labelSelector: `${bench.selector},${selector}` };
      const list = await listPods(bench, query);
      const tiersFound = list.items.map((pod) => pod.metadata.labels?.['tier'] ?? 'none');
      expect(tiersFound.sort()).toEqual(found);
    });

    test('field selectors find by node and by name', async () => {
      const bench = open();
      const [name = ''] = await createPods(bench, 2);
      const byNode = await listPods(bench, {
        labelSelector: bench.selector,
        fieldSelector: `spec.nodeName=${nowhere}`,
      });
      expect(byNode.items).toHaveLength(2);
      const elsewhere = await listPods(bench, {
        labelSelector: bench.selector,
        fieldSelector: 'spec.nodeName=elsewhere',
      });
      expect(elsewhere.items).toHaveLength(0);
      const byName = await listPods(bench, { fieldSelector: `metadata.name=${name}` });
      expect(byName.items.map((pod) => pod.metadata.name)).toEqual([name]);
    });
  });

  describe('watch', () => {
    test('of one name from version 0 begins with the object as it is', async () => {
      const bench = open();
      const [name = ''] = await createPods(bench, 2);
      const query = { fieldSelector: `metadata.name=${name}`, resourceVersion: '0' };
      const events = await collect(bench, query, (seen) => seen.length > 0);
      expect(events).toMatchObject([{ type: 'ADDED', object: { metadata: { name } } }]);
    });

    test('goes on after the version of a list, without a gap and without repeating it', async () => {
      const bench = open();
      const [before = ''] = await createPods(bench, 1);
      const query = { labelSelector: bench.selector };
      const { resourceVersion } = (await listPods(bench, query)).metadata;
      await bench.deletePod(before, 0);
      const [after = ''] = await createPods(bench, 1);
      const events = await collect(bench, { ...query, resourceVersion }, (seen) =>
        seen.some((event) => event.type === 'ADDED'),
      );
      const changes = events.filter(({ type }) => type !== 'MODIFIED').map(describeEvent);
      expect(changes).toEqual([`DELETED ${before}`, `ADDED ${after}`]);
    });

    test('shows an object that comes under the selector as added, one that leaves it as deleted', async () => {
      const bench = open();
      const [name = ''] = await createPods(bench, 1);
      const { resourceVersion } = (await listPods(bench, {})).metadata;
      await patchLabel(bench, name, 'on');
      await patchLabel(bench, name, null);
      const query = { labelSelector: `${bench.selector},switch=on`, resourceVersion };
      const events = await collect(bench, query, (seen) => seen.length === 2);
      expect(events.map(describeEvent)).toEqual([`ADDED ${name}`, `DELETED ${name}`]);
    });

    test('ends after timeoutSeconds, with a bookmark before', async () => {
      const bench = open();
      const query = { labelSelector: bench.selector };
      const { resourceVersion } = (await listPods(bench, query)).metadata;
      await createPods(bench, 1);
      // A second pod while the watch is open: without anything newer the real API server sends no bookmark.
      const second = { created: Promise.resolve<readonly string[]>([]) };
      const events = await collect(
        bench,
        { ...query, resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds: '6' },
        (seen) => {
          if (seen.length === 1) second.created = createPods(bench, 1);
          return false;
        },
      );
      const bookmark = events.findLast(({ type }) => type === 'BOOKMARK');
      const marked = bookmark?.type === 'BOOKMARK' ? bookmark.object.metadata.resourceVersion : '';
      const [name = ''] = await second.created;
      const seen = events.findLast((event) => describeEvent(event) === `ADDED ${name}`);
      const version = seen?.type === 'ADDED' ? seen.object.metadata.resourceVersion : '';
      expect(version).not.toBe('');
      expect(Number(marked)).toBeGreaterThanOrEqual(Number(version));
    });

    test('after a forgotten version is told to list again', async () => {
      const bench = open();
      const resourceVersion = await bench.cluster.forgottenVersion();
      const events = await collect(bench, { resourceVersion }, (seen) => seen.length > 0);
      expect(events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    });

    test('of one node by name shows that node alone', async () => {
      const bench = open();
      const name = bench.node(1);
      const signal = AbortSignal.timeout(bench.deadlineMs(60_000));
      const query = { fieldSelector: `metadata.name=${name}` };
      for await (const event of bench.cluster.client.watch<Node>('/api/v1/nodes', query, signal)) {
        expect(event).toMatchObject({ type: 'ADDED', object: { metadata: { name } } });
        break;
      }
    });
  });
}

async function createPods(bench: Workbench, count: number): Promise<readonly string[]> {
  const names: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const pod = bench.buildPod({ image: 'a.example/b:1', node: nowhere });
    names.push((await bench.createPod(pod)).metadata.name);
  }
  return names;
}

function listPods(
  bench: Workbench,
  query: Readonly<Record<string, string | undefined>>,
): Promise<List<Pod>> {
  return bench.request<List<Pod>>({ method: 'GET', path: bench.podsPath, query });
}

function nextToken(pages: readonly List<Pod>[]): string | undefined {
  return pages.at(-1)?.metadata.continue || undefined;
}

function patchLabel(bench: Workbench, name: string, value: string | null): Promise<Pod> {
  return bench.request<Pod>({
    method: 'PATCH',
    path: `${bench.podsPath}/${name}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { labels: { switch: value } } },
  });
}

/** The events of a watch until `isEnough`, or until it ends. */
async function collect(
  bench: Workbench,
  query: Readonly<Record<string, string | undefined>>,
  isEnough: (events: readonly WatchEvent<Pod>[]) => boolean,
): Promise<readonly WatchEvent<Pod>[]> {
  const events: WatchEvent<Pod>[] = [];
  const signal = AbortSignal.timeout(bench.deadlineMs(60_000));
  for await (const event of bench.cluster.client.watch<Pod>(bench.podsPath, query, signal)) {
    events.push(event);
    if (isEnough(events)) break;
  }
  return events;
}

function describeEvent(event: WatchEvent<Pod>): string {
  return event.type === 'ERROR' ? 'ERROR' : `${event.type} ${event.object.metadata.name}`;
}
