// What the API server says to creates, reads, updates and deletes.

import { describe, expect, test } from 'vitest';
import type { CoordinationLease, KubeObject, Pod } from '../../../shared/kube-types.ts';
import { annotations } from '../../../shared/names.ts';
import { formatTimestamp, parseTimestamp } from '../../../shared/timestamp.ts';
import { nowhere, type Workbench } from '../workbench.ts';

export function describeObjectCases(open: () => Workbench): void {
  describe('create', () => {
    test('a new object has uid, version and a creation time in whole seconds', async () => {
      const bench = open();
      const fromMs = Math.floor(bench.cluster.nowMs() / 1_000) * 1_000;
      const pod = await bench.createPod(bench.buildPod({ image: 'a.example/b:1', node: nowhere }));
      expect(pod.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(pod.metadata.resourceVersion).toMatch(/^[0-9]+$/);
      expect(pod.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const createdAtMs = parseTimestamp(pod.metadata.creationTimestamp) ?? 0;
      expect(createdAtMs).toBeGreaterThanOrEqual(fromMs - 2_000);
      expect(createdAtMs).toBeLessThanOrEqual(bench.cluster.nowMs() + 2_000);
      expect(pod.status?.phase).toBe('Pending');
    });

    test('a second pod of the same name is refused, whatever it wants', async () => {
      const bench = open();
      const pod = bench.buildPod({ image: 'a.example/b:1', node: nowhere });
      await bench.createPod(pod);
      const other = bench.buildPod({ image: 'a.example/c:2', name: pod.metadata.name });
      const refusal = await bench.refusal({ method: 'POST', path: bench.podsPath, body: other });
      expect(refusal).toMatchObject({ status: 409, reason: 'AlreadyExists' });
      expect(refusal.serverMessage).toBe(`pods "${pod.metadata.name}" already exists`);
    });

    test('a namespace that does not exist is not found', async () => {
      const bench = open();
      const namespace = `no-${bench.run}`;
      const pod = bench.buildPod({ image: 'a.example/b:1', node: nowhere });
      const refusal = await bench.refusal({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/pods`,
        body: { ...pod, metadata: { ...pod.metadata, namespace } },
      });
      expect(refusal).toMatchObject({ status: 404, reason: 'NotFound' });
      expect(refusal.serverMessage).toContain(`namespaces "${namespace}" not found`);
    });

    test('a pull pod after its not-after is refused with the reason', async () => {
      const bench = open();
      const notAfter = formatTimestamp(bench.cluster.nowMs() - 5_000);
      const image = 'a.example/b:1';
      const body = bench.buildPod({
        image,
        node: nowhere,
        annotations: { [annotations.notAfter]: notAfter },
      });
      const refusal = await bench.refusal({ method: 'POST', path: bench.podsPath, body });
      expect(refusal).toMatchObject({ status: 422, reason: 'Invalid' });
      expect(refusal.serverMessage).toContain('ValidatingAdmissionPolicy');
      expect(refusal.serverMessage).toContain(
        `pull pod is created after its ${annotations.notAfter}, ${notAfter}`,
      );
      const path = `${bench.podsPath}/${body.metadata.name}`;
      expect(await bench.refusal({ method: 'GET', path })).toMatchObject({ status: 404 });
    });

    test('a pull pod without a not-after is refused', async () => {
      const bench = open();
      const pod = bench.buildPod({ image: 'a.example/b:1', node: nowhere });
      const { annotations: _, ...metadata } = pod.metadata;
      const body = { ...pod, metadata };
      const refusal = await bench.refusal({ method: 'POST', path: bench.podsPath, body });
      expect(refusal).toMatchObject({ status: 422, reason: 'Invalid' });
      expect(refusal.serverMessage).toContain(
        `a pull pod needs the annotation ${annotations.notAfter}`,
      );
    });

    test('a pull pod in time is accepted with its not-after as it was written', async () => {
      const bench = open();
      const notAfter = formatTimestamp(bench.cluster.nowMs() + 60_000);
      const pod = bench.buildPod({
        image: 'a.example/b:1',
        node: nowhere,
        annotations: { [annotations.notAfter]: notAfter },
      });
      const created = await bench.createPod(pod);
      expect(created.metadata.annotations?.[annotations.notAfter]).toBe(notAfter);
    });
  });

  describe('get', () => {
    test('what does not exist is not found, in words that name it', async () => {
      const bench = open();
      const path = `${bench.podsPath}/nothing-${bench.run}`;
      const refusal = await bench.refusal({ method: 'GET', path });
      expect(refusal).toMatchObject({ status: 404, reason: 'NotFound' });
      expect(refusal.serverMessage).toBe(`pods "nothing-${bench.run}" not found`);
    });
  });

  describe('update', () => {
    test('an epoch Lease is written once per version: a stale one conflicts', async () => {
      const bench = open();
      const base = `/apis/coordination.k8s.io/v1/namespaces/${bench.cluster.pullNamespace}/leases`;
      const name = bench.name();
      const path = `${base}/${name}`;
      bench.discard(path);
      const first = await bench.request<CoordinationLease>({
        method: 'POST',
        path: base,
        body: { metadata: { name, annotations: { epoch: '1' } }, spec: { holderIdentity: 'a' } },
      });
      const next = { ...first, metadata: { ...first.metadata, annotations: { epoch: '2' } } };
      const second = await bench.request<CoordinationLease>({ method: 'PUT', path, body: next });
      expect(second.metadata.annotations).toEqual({ epoch: '2' });
      expect(second.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
      const refusal = await bench.refusal({ method: 'PUT', path, body: next });
      expect(refusal).toMatchObject({ status: 409, reason: 'Conflict' });
      expect(refusal.serverMessage).toContain('the object has been modified');
      const again = await bench.refusal({
        method: 'POST',
        path: base,
        body: { metadata: { name } },
      });
      expect(again).toMatchObject({ status: 409, reason: 'AlreadyExists' });
    });

    test('a patch that changes nothing makes no new version', async () => {
      const bench = open();
      const labels = { changed: 'no' };
      const created = await bench.createPod(
        bench.buildPod({ image: 'a.example/b:1', node: nowhere, labels }),
      );
      const patched = await bench.request<Pod>({
        method: 'PATCH',
        path: `${bench.podsPath}/${created.metadata.name}`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { labels } },
      });
      expect(patched.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    });

    test("a pod's image may change, its node may not", async () => {
      const bench = open();
      const pod = await bench.createPod(bench.buildPod({ image: 'a.example/b:1', node: nowhere }));
      const path = `${bench.podsPath}/${pod.metadata.name}`;
      const refusal = await bench.refusal({
        method: 'PATCH',
        path,
        contentType: 'application/merge-patch+json',
        body: { spec: { nodeName: 'elsewhere' } },
      });
      expect(refusal).toMatchObject({ status: 422, reason: 'Invalid' });
    });
  });

  describe('delete', () => {
    test('another uid than the stored one is a conflict, and nothing is deleted', async () => {
      const bench = open();
      const pod = await bench.createPod(bench.buildPod({ image: 'a.example/b:1', node: nowhere }));
      const path = `${bench.podsPath}/${pod.metadata.name}`;
      const refusal = await bench.refusal({
        method: 'DELETE',
        path,
        body: { preconditions: { uid: '00000000-0000-4000-8000-000000000000' } },
      });
      expect(refusal).toMatchObject({ status: 409, reason: 'Conflict' });
      const still = await bench.request<KubeObject>({ method: 'GET', path });
      expect(still.metadata.deletionTimestamp).toBeUndefined();
    });

    test('the right uid marks the pod with the grace that was asked for', async () => {
      const bench = open();
      const pod = await bench.createPod(bench.buildPod({ image: 'a.example/b:1', node: nowhere }));
      const path = `${bench.podsPath}/${pod.metadata.name}`;
      const body = { preconditions: { uid: pod.metadata.uid }, gracePeriodSeconds: 1 };
      const marked = await bench.request<Pod>({ method: 'DELETE', path, body });
      expect(marked.metadata.deletionGracePeriodSeconds).toBe(1);
      expect(marked.metadata.deletionTimestamp).toMatch(/Z$/);
      // There is no kubelet on that node to let go of it.
      const still = await bench.request<Pod>({ method: 'GET', path });
      expect(still.metadata.uid).toBe(pod.metadata.uid);
    });

    test('without a grace the one in the pod holds', async () => {
      const bench = open();
      const pod = await bench.createPod(bench.buildPod({ image: 'a.example/b:1', node: nowhere }));
      const path = `${bench.podsPath}/${pod.metadata.name}`;
      const marked = await bench.request<Pod>({ method: 'DELETE', path });
      expect(marked.metadata.deletionGracePeriodSeconds).toBe(1);
    });
  });
}
