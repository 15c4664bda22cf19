import { describe, expect, test } from 'vitest';
import type { Event } from '../../../coordinator/core/events.ts';
import { PodRequests } from '../../../coordinator/kube/pod-requests.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { FakeKube, refusal } from '../fake-kube.ts';
import { openTestLog } from '../stand.ts';

const pod = {
  metadata: { name: 'pull-1', uid: 'u1' },
  spec: { nodeName: 'n1', containers: [{ name: 'pull', image: 'nginx' }] },
};

function start() {
  const clock = new VirtualClock();
  const kube = new FakeKube();
  const { log, lines } = openTestLog();
  const events: Event[] = [];
  const controller = new AbortController();
  const requests = new PodRequests({
    kube,
    pullNamespace: 'pulls',
    clock,
    random: () => 0,
    log,
    onEvent: (event) => events.push(event),
    signal: controller.signal,
  });
  return { clock, kube, lines, events, controller, requests };
}

describe('PodRequests', () => {
  test('tells what a look-up found', async () => {
    const { clock, kube, events, requests } = start();
    kube.answer = () => pod;
    requests.lookUp('1-1', 'pull-1');
    await clock.advance(0);
    expect(kube.requests).toMatchObject([
      { method: 'GET', path: '/api/v1/namespaces/pulls/pods/pull-1' },
    ]);
    expect(events).toMatchObject([
      {
        kind: 'podLookedUp',
        leaseId: '1-1',
        pod: { name: 'pull-1', uid: 'u1', image: 'docker.io/library/nginx:latest' },
      },
    ]);
  });

  test('only a 404 means that there is no pod; everything else is asked again', async () => {
    const { clock, kube, events, requests } = start();
    let answers = 0;
    kube.answer = () => {
      answers += 1;
      throw refusal([0, 503, 403, 404][answers - 1] ?? 404);
    };
    requests.lookUp('1-1', 'pull-1');
    await clock.advance(1_000);
    expect(events).toEqual([]);
    await clock.advance(10_000);
    expect(kube.requests).toHaveLength(4);
    expect(events).toEqual([{ kind: 'podLookedUp', leaseId: '1-1', pod: undefined }]);
  });

  test('deletes gracefully and this very pod alone', async () => {
    const { clock, kube, requests } = start();
    requests.delete('pull-1', 'u1');
    await clock.advance(0);
    expect(kube.requests).toMatchObject([
      {
        method: 'DELETE',
        path: '/api/v1/namespaces/pulls/pods/pull-1',
        body: { gracePeriodSeconds: 1, preconditions: { uid: 'u1' } },
      },
    ]);
  });

  test.for([404, 409])('a deletion answered with %d is done', async (status) => {
    const { clock, kube, requests, lines } = start();
    kube.answer = () => {
      throw refusal(status);
    };
    requests.delete('pull-1', 'u1');
    await clock.advance(600_000);
    expect(kube.requests).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  test('what is asked twice is asked once, and again once it was answered', async () => {
    const { clock, kube, requests } = start();
    requests.delete('pull-1', 'u1');
    requests.delete('pull-1', 'u1');
    await clock.advance(0);
    expect(kube.requests).toHaveLength(1);
    requests.delete('pull-1', 'u1');
    await clock.advance(0);
    expect(kube.requests).toHaveLength(2);
  });

  test('at most sixteen are under way, and all come to their turn', async () => {
    const { clock, kube, events, requests } = start();
    let running = 0;
    let peak = 0;
    kube.answer = async () => {
      running += 1;
      peak = Math.max(peak, running);
      await new Promise<void>((resolve) => clock.startTimer(100, resolve));
      running -= 1;
      return pod;
    };
    for (let index = 0; index < 50; index += 1) requests.lookUp(`1-${index}`, `pull-${index}`);
    await clock.advance(1_000);
    expect(peak).toBe(16);
    expect(events).toHaveLength(50);
  });

  test('an abort ends what is under way, quietly', async () => {
    const { clock, kube, controller, requests, lines } = start();
    kube.answer = () => {
      throw refusal(503);
    };
    requests.lookUp('1-1', 'pull-1');
    await clock.advance(0);
    controller.abort(new Error('stopped'));
    await clock.advance(600_000);
    expect(kube.requests).toHaveLength(1);
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
  });
});
