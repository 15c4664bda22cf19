// A node that has no address left for a pod: the kubelet tries for ever and says why in events alone, which the
// coordinator of this suite may list.

import { expect, test } from 'vitest';
import { exhaustAddresses } from '../harness/bed-addresses.ts';
import { readMetric } from '../harness/metric.ts';
import { printFigure, skipBecause } from '../harness/skip.ts';
import type { Stack } from '../harness/stack.ts';
import { until } from '../harness/until.ts';

const name = 'no-address';
// Two minutes of patience with a sandbox, and the end of the pod.
const failedDeadlineMs = 180_000;
// A backoff, and perhaps one more failure of which the kubelet has not heard yet that it is over.
const readyDeadlineMs = 240_000;

export function testNoPodIp(stack: () => Stack): void {
  test('a node without a free address is said to be that, and pulls when it has one', async (context) => {
    const { environment, images, nodes, programs } = stack();
    const { testbed } = environment;
    const [node] = nodes;
    if (testbed === undefined || node === undefined)
      return skipBecause(context, 'this is not the test bed');
    const nodeName = node.metadata.name;
    const image = await images.push(name, { layers: 1, layerBytes: 100_000 });
    const giveBack = await exhaustAddresses(testbed, nodeName);
    const sinceMs = performance.now();
    const nodeSelector = { 'kubernetes.io/hostname': nodeName };
    await images.want({ [name]: { image: image.name, nodeSelector } });
    const attention = await until('the status tells of a failure', failedDeadlineMs, async () =>
      (await images.status(name)).nodes?.find((one) => one.node === nodeName),
    );
    printFigure(
      'seconds_until_no_address_is_told',
      ((performance.now() - sinceMs) / 1_000).toFixed(1),
    );
    printFigure('words_of_no_address', attention.message);
    expect(attention).toMatchObject({
      reason: 'NoPodIP',
      message: expect.stringContaining('no IP addresses available in range set'),
    });
    const series = 'forehold_pulls_total{outcome="Failed",reason="NoPodIP"}';
    expect(await readMetric(programs.coordinator, series)).toBe('1');
    await giveBack();
    await images.waitUntilReady(name, readyDeadlineMs);
    await images.delete(name);
  });
}
