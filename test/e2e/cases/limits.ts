// Many images for one node: its limit holds, seen from the pods themselves.

import { expect, test } from 'vitest';
import { countPeak } from '../harness/pod-watch.ts';
import { printFigure } from '../harness/skip.ts';
import type { Stack } from '../harness/stack.ts';

const imageCount = 20;
const layerBytes = 262_144;
const readyDeadlineMs = 180_000;
// The built-in limit `node`.
const nodeLimit = 1;

export function testLimits(stack: () => Stack): void {
  test('20 images on one node: never more pulls at once than its limit', async () => {
    const { images, nodes, pods } = stack();
    const target = nodes[0]?.metadata.labels?.['kubernetes.io/hostname'] ?? '';
    const names = Array.from({ length: imageCount }, (_, index) => `many-${index}`);
    const pushed = await Promise.all(
      names.map((name) => images.push(name, { layers: 1, layerBytes })),
    );
    const startedAtMs = performance.now();
    await images.want(
      Object.fromEntries(
        pushed.map((image, index) => [
          `many-${index}`,
          { image: image.name, nodeSelector: { 'kubernetes.io/hostname': target } },
        ]),
      ),
    );
    for (const name of names) {
      const status = await images.waitUntilReady(name, readyDeadlineMs);
      expect(status.ready).toBe('1/1');
    }
    printFigure(
      'seconds_20_images_one_node',
      ((performance.now() - startedAtMs) / 1_000).toFixed(1),
    );
    const records = pushed.flatMap((image) => pods.of(image.reference));
    expect(records.length).toBe(imageCount);
    expect(new Set(records.map((record) => record.nodeName)).size).toBe(1);
    expect(countPeak(records)).toBe(nodeLimit);
    await images.delete(...names);
  });
}
