// Two coordinators beside a real API server, the leader stopped by SIGSTOP for a minute: what it does when it wakes. Its
// agents know no other address, so nothing at all may happen on the nodes until it leads again.

import { expect, onTestFinished, test } from 'vitest';
import { readMetric } from '../harness/metric.ts';
import { ProcessPart } from '../harness/process-part.ts';
import { prepareStandby } from '../harness/programs.ts';
import { type Stack, waitUntilReady } from '../harness/stack.ts';
import { until } from '../harness/until.ts';
import { expectOnePodPerNode } from './pulls.ts';

const mebibyte = 1_048_576;
const pauseMs = 60_000;
// The first renewal, its refusal and one look at the Lease; offers would come at once.
const wakingMs = 15_000;
// The next reign waits 17 s before it offers.
const readyDeadlineMs = 120_000;

export function testReplicas(stack: () => Stack): void {
  test('a leader that was stopped for a minute offers nothing when it wakes', async () => {
    const { kube, folder, images, pods } = stack();
    const { coordinator } = stack().programs;
    if (!(coordinator instanceof ProcessPart)) throw new Error('only a process can be stopped');
    const standby = await prepareStandby(kube, folder);
    onTestFinished(async () => {
      coordinator.thaw();
      await standby.stop();
    });
    await standby.start();
    await waitUntilReady([standby]);
    expect(await isLeading(standby)).toBe(false);
    const image = await images.push('replicas', { layers: 1, layerBytes: mebibyte });
    coordinator.freeze();
    const frozenAtMs = performance.now();
    await images.want({ replicas: { image: image.name } });
    await until('the standby leads', 20_000, () => isLeading(standby));
    await until('a minute is over', 2 * pauseMs, () => performance.now() - frozenAtMs > pauseMs);
    coordinator.thaw();
    await until(
      'the stopped leader has noticed',
      wakingMs,
      async () => !(await isLeading(coordinator)),
    );
    await until(
      'it had time to offer',
      2 * wakingMs,
      () => performance.now() - frozenAtMs > pauseMs + wakingMs,
    );
    expect(pods.of(image.reference)).toEqual([]);
    await standby.stop();
    await images.waitUntilReady('replicas', readyDeadlineMs);
    await expectOnePodPerNode(stack(), image);
  });
}

async function isLeading(part: ProcessPart): Promise<boolean> {
  return (await readMetric(part, 'forehold_coordinator_leader')) === '1';
}
