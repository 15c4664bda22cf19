import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EpochError, raiseEpoch } from '../../coordinator/epoch.ts';
import { coordinationLeasesPath, coordinatorLeasePath } from '../../coordinator/kube/paths.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { type KubeClient, openKubeClient } from '../../shared/kube-client.ts';
import type { CoordinationLease } from '../../shared/kube-types.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { FakeKube, refusal } from './fake-kube.ts';
import { openTestLog } from './stand.ts';

// Backoffs between two coordinators that race are short, but not that short.
const clock = openSystemClock(20);
const cluster = new EmbeddedCluster({ clock, seed: 1, nodes: 0 });
const namespace = cluster.systemNamespace;
const never = new AbortController().signal;
let kube: KubeClient;

beforeEach(async () => {
  const { url } = await cluster.start();
  kube = openKubeClient({ url, userAgent: 'test' });
});

afterEach(async () => {
  await kube
    .request({ method: 'DELETE', path: coordinatorLeasePath(namespace) })
    .catch(() => undefined);
});

afterAll(() => cluster.stop());

function raise(identity: string, client: KubeClient = kube, signal = never) {
  const { log } = openTestLog();
  return raiseEpoch({ kube: client, namespace, identity, clock, random: Math.random, log }, signal);
}

function read() {
  return kube.request<CoordinationLease>({ method: 'GET', path: coordinatorLeasePath(namespace) });
}

describe('raiseEpoch', () => {
  test('the first one is 1 and says so, the next one is 2', async () => {
    expect(await raise('a')).toEqual({ epoch: 1, isFirst: true });
    expect(await raise('b')).toEqual({ epoch: 2, isFirst: false });
    const stored = await read();
    expect(stored.metadata.annotations).toEqual({ 'forehold.dev/epoch': '2' });
    expect(stored.spec?.holderIdentity).toBe('b');
  });

  test('of several that race each gets a number of its own', async () => {
    const raised = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((identity) => raise(identity)));
    const numbers = raised.map(({ epoch }) => epoch).sort((left, right) => left - right);
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    expect(raised.filter(({ isFirst }) => isFirst)).toHaveLength(1);
  });

  test('what else stands in the lease stays', async () => {
    const metadata = {
      name: 'forehold-coordinator',
      namespace,
      annotations: { other: 'x' },
      labels: { team: 'y' },
    };
    await kube.request({
      method: 'POST',
      path: coordinationLeasesPath(namespace),
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata,
        spec: { leaseDurationSeconds: 15 },
      },
    });
    expect(await raise('a')).toEqual({ epoch: 1, isFirst: true });
    const stored = await read();
    expect(stored.metadata).toMatchObject({
      labels: { team: 'y' },
      annotations: { other: 'x', 'forehold.dev/epoch': '1' },
    });
    expect(stored.spec).toMatchObject({ leaseDurationSeconds: 15, holderIdentity: 'a' });
  });

  test('an epoch that cannot be read is not guessed', async () => {
    await raise('a');
    const stored = await read();
    const metadata = { ...stored.metadata, annotations: { 'forehold.dev/epoch': 'seven' } };
    await kube.request({
      method: 'PUT',
      path: coordinatorLeasePath(namespace),
      body: { ...stored, metadata },
    });
    await expect(raise('b')).rejects.toThrow(EpochError);
    await expect(raise('b')).rejects.toThrow(
      'annotation forehold.dev/epoch of lease forehold-coordinator is "seven", not a number',
    );
  });

  test('waits for the API server as long as it takes', async () => {
    const fake = new FakeKube();
    let refusals = 5;
    fake.answer = ({ method }) => {
      refusals -= 1;
      if (refusals > 0) throw refusal(refusals % 2 === 0 ? 0 : 503);
      return method === 'GET' ? { metadata: { name: 'x', annotations: {} } } : {};
    };
    expect(await raise('a', fake)).toEqual({ epoch: 1, isFirst: true });
  });

  test('who loses again and again gives up', async () => {
    const fake = new FakeKube();
    fake.answer = ({ method }) => {
      if (method === 'PUT') throw refusal(409);
      return { metadata: { name: 'x', annotations: { 'forehold.dev/epoch': '4' } } };
    };
    const fast = openSystemClock(10_000);
    const { log } = openTestLog();
    const options = { kube: fake, namespace, identity: 'a', clock: fast, random: () => 0, log };
    await expect(raiseEpoch(options, never)).rejects.toThrow('lost 21 times');
  });

  test('an abort ends the waiting', async () => {
    const fake = new FakeKube();
    fake.answer = () => {
      throw refusal(503);
    };
    const controller = new AbortController();
    const raising = raise('a', fake, controller.signal);
    controller.abort(new Error('stopped'));
    await expect(raising).rejects.toThrow('stopped');
  });
});
