// What deleting a pull pod does, and what it does not: a pull that has begun goes on. Leases end by these rules.

import { describe, expect, test } from 'vitest';
import type { Workbench } from '../workbench.ts';
import { untilImageListed } from './pull.ts';

export function describeDeletionCases(open: () => Workbench): void {
  describe('graceful deletion', () => {
    test('in mid-pull leaves the object Terminating until the pull is over', async (context) => {
      const bench = open();
      const slowDown = bench.cluster.setSlowPulls;
      if (slowDown === undefined) return context.skip('pulls cannot be slowed here');
      await bench.presentImage();
      await slowDown(true);
      const image = await bench.cluster.image('large');
      const observer = await bench.startPod({ image });
      await observer.untilWaiting('ContainerCreating');
      await bench.liveOnePod(bench.node(0));
      await bench.deletePod(observer.name, 1);
      // Longer than the grace; the kubelet is well and lets go of others meanwhile.
      await bench.liveOnePod(bench.node(0));
      expect(observer.gone).toBe(false);
      expect(observer.pod.status?.phase).toBe('Pending');
      expect(observer.pod.metadata.deletionTimestamp).toBeDefined();
      const again = bench.buildPod({ image, name: observer.name });
      const refusal = await bench.refusal({ method: 'POST', path: bench.podsPath, body: again });
      expect(refusal).toMatchObject({ status: 409, reason: 'AlreadyExists' });
      await slowDown(false);
      const last = await observer.untilGone();
      expect(last?.status?.phase).toBe('Succeeded');
      expect(last?.status?.containerStatuses?.[0]?.imageID).toContain('@sha256:');
      await untilImageListed(bench, image);
    });

    test('of a pod in back-off ends it as failed, without an imageID', async () => {
      const bench = open();
      const observer = await bench.startPod({ image: await bench.cluster.image('missing') });
      await observer.untilWaiting('ErrImagePull');
      await bench.deletePod(observer.name, 1);
      const last = await observer.untilGone();
      expect(last?.status?.phase).toBe('Failed');
      const [container] = last?.status?.containerStatuses ?? [];
      expect(container?.imageID).toBe('');
      expect(container?.state?.terminated).toMatchObject({
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
      });
    });

    test('of a running pod ends it after its grace', async (context) => {
      const bench = open();
      const image = await bench.presentImage();
      const observer = await bench.startPod({ image, command: ['sleep', '3600'] });
      const running = await observer.until(
        'an end or a run',
        (pod) => pod.status?.phase === 'Running' || pod.status?.phase === 'Failed',
      );
      if (running.status?.phase === 'Failed') return context.skip('images have no sleep here');
      await bench.deletePod(observer.name, 1);
      const last = await observer.untilGone();
      expect(last?.status?.phase).toBe('Failed');
    });

    test('of a pod that has ended removes it at once', async () => {
      const bench = open();
      const observer = await bench.startPod({ image: await bench.presentImage() });
      await observer.untilPhase('Succeeded');
      await bench.deletePod(observer.name, 1);
      const path = `${bench.podsPath}/${observer.name}`;
      expect(await bench.refusal({ method: 'GET', path })).toMatchObject({ status: 404 });
    });
  });

  describe('deletion with grace 0', () => {
    test('in mid-pull removes the object at once; the image arrives all the same', async (context) => {
      const bench = open();
      const slowDown = bench.cluster.setSlowPulls;
      if (slowDown === undefined) return context.skip('pulls cannot be slowed here');
      await bench.presentImage();
      await slowDown(true);
      const image = await bench.cluster.image('large');
      const observer = await bench.startPod({ image });
      await observer.untilWaiting('ContainerCreating');
      await bench.liveOnePod(bench.node(0));
      await bench.deletePod(observer.name, 0);
      await observer.untilGone();
      const path = `${bench.podsPath}/${observer.name}`;
      expect(await bench.refusal({ method: 'GET', path })).toMatchObject({ status: 404 });
      // The name is free, although the bytes flow.
      await bench.createPod(
        bench.buildPod({ image: await bench.presentImage(), name: observer.name }),
      );
      await slowDown(false);
      await untilImageListed(bench, image);
    });

    test('of a pod whose pull is queued does not take the pull back', async (context) => {
      const bench = open();
      const slowDown = bench.cluster.setSlowPulls;
      if (slowDown === undefined) return context.skip('pulls cannot be slowed here');
      await bench.presentImage();
      await slowDown(true);
      const slow = await bench.startPod({ image: await bench.cluster.image('large') });
      await slow.untilWaiting('ContainerCreating');
      await bench.liveOnePod(bench.node(0));
      const image = await bench.cluster.image('plain');
      const queued = await bench.startPod({ image });
      await queued.untilWaiting('ContainerCreating');
      await bench.liveOnePod(bench.node(0));
      await bench.deletePod(queued.name, 0);
      await queued.untilGone();
      await slowDown(false);
      await slow.untilPhase('Succeeded');
      // Asks the node itself, again and again, and pulls nothing.
      const asking = await bench.startPod({ image, policy: 'Never' });
      await asking.untilPhase('Succeeded');
    });
  });
}
