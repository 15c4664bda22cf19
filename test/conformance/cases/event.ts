// What kubelets say of pods in events, and how the events about one pod are found: the only place that tells why a pod
// has no sandbox.

import { describe, expect, test } from 'vitest';
import type { KubeEvent, List } from '../../../shared/kube-types.ts';
import type { Workbench } from '../workbench.ts';

export function describeEventCases(open: () => Workbench): void {
  describe('events', () => {
    test("of a failing pull are found by the pod's uid, with the kubelet's words", async () => {
      const bench = open();
      const image = await bench.cluster.image('missing');
      const other = await bench.startPod({ image, node: bench.node(1) });
      const observer = await bench.startPod({ image });
      await other.untilWaiting('ImagePullBackOff');
      await observer.untilWaiting('ImagePullBackOff');
      const { uid = '' } = observer.pod.metadata;
      const events = await bench.eventually(60_000, async () => {
        const { items } = await list(bench, { fieldSelector: `involvedObject.uid=${uid}` });
        if (!items.some(isPullFailure)) throw new Error('no event says that the pull failed');
        return items;
      });
      const { name, namespace } = observer.pod.metadata;
      for (const { involvedObject } of events)
        expect(involvedObject).toMatchObject({ kind: 'Pod', namespace, name, uid });
      const failed = events.find(isPullFailure);
      expect(failed).toMatchObject({ type: 'Warning', metadata: { namespace } });
      expect(failed?.message).toContain(`Failed to pull image "${image}": `);
      expect(failed?.message).toMatch(/not found$/);
      expect(failed?.lastTimestamp ?? failed?.eventTime).toMatch(/Z$/);
      // In the order of their beginning, because their names end in its time.
      const reasons = events.map(({ reason }) => reason);
      expect(reasons.indexOf('Pulling')).toBeGreaterThanOrEqual(0);
      expect(reasons.indexOf('Pulling')).toBeLessThan(events.findIndex(isPullFailure));
    });

    test('about one pod come in pages, and none about a pod that is not', async () => {
      const bench = open();
      const observer = await bench.startPod({ image: await bench.cluster.image('missing') });
      await observer.untilWaiting('ImagePullBackOff');
      const fieldSelector = `involvedObject.uid=${observer.pod.metadata.uid}`;
      await bench.eventually(60_000, async () => {
        const { items, metadata } = await list(bench, { fieldSelector, limit: '1' });
        expect(items).toHaveLength(1);
        expect(metadata.continue ?? '').not.toBe('');
      });
      const nobody = 'involvedObject.uid=00000000-0000-0000-0000-000000000000';
      expect((await list(bench, { fieldSelector: nobody })).items).toEqual([]);
    });
  });
}

function isPullFailure({ reason, message = '' }: KubeEvent): boolean {
  return reason === 'Failed' && message.startsWith('Failed to pull image');
}

function list(bench: Workbench, query: Readonly<Record<string, string>>): Promise<List<KubeEvent>> {
  const path = `/api/v1/namespaces/${bench.cluster.pullNamespace}/events`;
  return bench.request<List<KubeEvent>>({ method: 'GET', path, query });
}
