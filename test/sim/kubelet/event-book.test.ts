import { describe, expect, test } from 'vitest';
import type { KubeEvent } from '../../../shared/kube-types.ts';
import { EventBook } from '../../../sim/kubelet/event-book.ts';
import { Store } from '../../../sim/store.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { openVirtualCluster, type VirtualCluster } from './virtual-cluster.ts';

const words = 'no IP addresses available in range set: 10.0.0.1-10.0.0.6';

function open() {
  const clock = new VirtualClock();
  const store = new Store({ clock, seed: 1 });
  const book = new EventBook(clock, store);
  const pod = {
    metadata: { name: 'p', namespace: 'pulls', uid: 'u' },
    spec: { containers: [] },
  };
  const tell = (message: string, reason = 'Failed'): void =>
    book.tell(pod, { type: 'Warning', reason, message }, 'node-01');
  return { clock, store, tell, list: (): readonly KubeEvent[] => store.list('events') };
}

function told({ cluster }: VirtualCluster, name: string): readonly string[] {
  return cluster.store
    .list('events')
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type, reason, message, count }) => `${type} ${reason} x${count} ${message}`);
}

describe('EventBook', () => {
  test('says of whom, by whom and when', () => {
    const { tell, list } = open();
    tell('no');
    expect(list()).toMatchObject([
      {
        kind: 'Event',
        metadata: { namespace: 'pulls', name: expect.stringMatching(/^p\.[0-9a-f]+$/) },
        involvedObject: { kind: 'Pod', namespace: 'pulls', name: 'p', uid: 'u' },
        source: { component: 'kubelet', host: 'node-01' },
        type: 'Warning',
        count: 1,
      },
    ]);
  });

  test('counts up what is said again, and says when it was said last', async () => {
    const { clock, tell, list } = open();
    tell('no');
    const [first] = list();
    await clock.advance(60_000);
    tell('no');
    expect(list()).toMatchObject([{ count: 2, firstTimestamp: first?.firstTimestamp }]);
    expect(list()[0]?.lastTimestamp).not.toBe(first?.lastTimestamp);
  });

  test('lists what is said of one pod in the order in which it was said first', () => {
    const { tell, list } = open();
    for (const message of ['z', 'a', 'm', 'z']) tell(message);
    expect(list().map(({ message }) => message)).toEqual(['z', 'a', 'm']);
  });

  test('lets one event stand for all from the tenth word about one trouble on', () => {
    const { tell, list } = open();
    for (let index = 1; index <= 20; index += 1) tell(`sandbox ${index}`);
    tell('Pulling', 'Pulling');
    expect(list()).toHaveLength(11);
    expect(list()[9]).toMatchObject({
      message: '(combined from similar events): sandbox 20',
      count: 11,
    });
  });

  test('forgets after an hour', async () => {
    const { clock, tell, list } = open();
    tell('old');
    await clock.advance(3_599_000);
    tell('newer');
    expect(list()).toHaveLength(2);
    await clock.advance(2_000);
    tell('newest');
    expect(list().map(({ message }) => message)).toEqual(['newer', 'newest']);
  });

  test('keeps no more than five thousand', () => {
    const { store, list } = open();
    const book = new EventBook(new VirtualClock(), store);
    for (let index = 0; index < 5_100; index += 1) {
      const metadata = { name: `p${index}`, namespace: 'pulls', uid: `u${index}` };
      const pod = { metadata, spec: { containers: [] } };
      book.tell(pod, { type: 'Normal', reason: 'Pulling', message: 'x' }, 'node-01');
    }
    expect(list()).toHaveLength(5_000);
  });

  test('leaves uids of other objects as they would be without it', () => {
    const uidAfter = (news: number): string => {
      const { store, tell } = open();
      for (let index = 0; index < news; index += 1) tell(`${index}`);
      return store.create('namespaces', { metadata: { name: 'n' } }).metadata.uid;
    };
    expect(uidAfter(7)).toBe(uidAfter(0));
  });
});

describe('Kubelet', () => {
  test('says that a pull begins, and why it fails', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.registry.refuse('a.example/missing', 'missing');
    virtual.createPod({ name: 'a', image: 'a.example/missing:1' });
    await virtual.clock.advance(40_000);
    expect(told(virtual, 'a')).toEqual([
      'Normal Pulling x3 Pulling image "a.example/missing:1"',
      expect.stringMatching(/^Warning Failed x3 Failed to pull image "a.example\/missing:1": rpc/),
    ]);
  });

  test('makes no sandbox while it is told not to, says so, and pulls when it can', async () => {
    const virtual = openVirtualCluster();
    const node = virtual.cluster.node('node-01');
    node.setSandboxTrouble(words);
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    await virtual.clock.advance(30_000);
    expect(virtual.describePod('a')).toBe('Pending/ContainerCreating');
    const conditions = () => virtual.findPod('a')?.status?.conditions;
    expect(conditions()).toEqual([{ type: 'PodReadyToStartContainers', status: 'False' }]);
    expect(virtual.cluster.record.pulls()).toEqual([]);
    const [news = ''] = told(virtual, 'a');
    expect(news).toMatch(/^Warning FailedCreatePodSandBox x1 Failed to create pod sandbox: /);
    expect(news).toContain(words);
    node.setSandboxTrouble(undefined);
    await virtual.clock.advance(120_000);
    expect(virtual.describePod('a')).toBe('Succeeded/Completed');
    expect(conditions()).toEqual([{ type: 'PodReadyToStartContainers', status: 'True' }]);
  });

  test('lets go of a pod without a sandbox that is deleted, as of one that was not started', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.node('node-01').setSandboxTrouble(words);
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    await virtual.clock.advance(5_000);
    virtual.deletePod('a');
    await virtual.clock.advance(5_000);
    expect(virtual.describePod('a')).toBe('gone');
    expect(virtual.log.join('\n')).toContain('Failed/ContainerStatusUnknown (Terminating)');
    expect(virtual.cluster.record.pulls()).toEqual([]);
  });

  test('says nothing of its conditions where there was no trouble', async () => {
    const virtual = openVirtualCluster();
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    await virtual.clock.advance(120_000);
    expect(virtual.findPod('a')?.status?.conditions).toBeUndefined();
  });

  test('is not heard while it cannot reach the API server', async () => {
    const virtual = openVirtualCluster();
    virtual.cluster.node('node-01').setSandboxTrouble(words);
    virtual.createPod({ name: 'a', image: 'a.example/b:1' });
    await virtual.clock.advance(100);
    virtual.cluster.disconnect('node-01');
    await virtual.clock.advance(30_000);
    expect(told(virtual, 'a')).toEqual([]);
  });
});
