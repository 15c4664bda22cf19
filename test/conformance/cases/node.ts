// What a node says of itself.

import { describe, expect, test } from 'vitest';
import { parseImageReference } from '../../../shared/image-ref.ts';
import type { Node } from '../../../shared/kube-types.ts';
import type { Workbench } from '../workbench.ts';

export function describeNodeCases(open: () => Workbench): void {
  describe('node', () => {
    test('has the labels and versions that Forehold reads, and is Ready', async () => {
      const node = await getNode(open(), 0);
      const { architecture, operatingSystem } = node.status?.nodeInfo ?? {};
      expect(node.metadata.labels).toMatchObject({
        'kubernetes.io/hostname': node.metadata.name,
        'kubernetes.io/os': operatingSystem,
        'kubernetes.io/arch': architecture,
        'topology.kubernetes.io/zone': expect.stringMatching(/./),
      });
      expect(node.status?.nodeInfo).toMatchObject({
        kubeletVersion: expect.stringMatching(/^v1\.\d+\.\d+/),
        containerRuntimeVersion: expect.stringMatching(/^[a-z-]+:\/\/\d/),
      });
      const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
      expect(ready).toMatchObject({ status: 'True', reason: 'KubeletReady' });
    });

    test('lists at most 50 images, the largest first, by normalised names, digests before tags', async () => {
      const bench = open();
      await bench.presentImage();
      const images = await bench.eventually(90_000, async () => {
        const { images: found = [] } = (await getNode(bench, 0)).status ?? {};
        expect(found.length).toBeGreaterThan(0);
        return found;
      });
      expect(images.length).toBeLessThanOrEqual(50);
      const sizes = images.map((image) => image.sizeBytes ?? 0);
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      for (const { names } of images) {
        const parsed = (names ?? []).map(parseImageReference);
        const byDigest = parsed.map((reference) => reference.digest !== undefined);
        expect(byDigest).toEqual(byDigest.toSorted((a, b) => Number(b) - Number(a)));
        expect(parsed.length).toBeLessThanOrEqual(5);
      }
    });
  });
}

function getNode(bench: Workbench, index: number): Promise<Node> {
  return bench.request<Node>({ method: 'GET', path: `/api/v1/nodes/${bench.node(index)}` });
}
