import { describe, expect, test } from 'vitest';
import type { Event } from '../../../coordinator/core/events.ts';
import { EventRequests } from '../../../coordinator/kube/event-requests.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { FakeKube, refusal } from '../fake-kube.ts';
import { openTestLog } from '../stand.ts';

const item = {
  metadata: { name: 'pull-1.18b2', creationTimestamp: '2026-01-01T00:00:00Z' },
  involvedObject: { uid: 'u1' },
  reason: 'FailedCreatePodSandBox',
  message: 'no network',
  lastTimestamp: '2026-01-01T00:00:05Z',
};

function start() {
  const clock = new VirtualClock();
  const kube = new FakeKube();
  const { log, lines } = openTestLog();
  const events: Event[] = [];
  const controller = new AbortController();
  const requests = new EventRequests({
    kube,
    pullNamespace: 'pulls',
    log,
    onEvent: (event) => events.push(event),
    signal: controller.signal,
  });
  return { clock, kube, lines, events, controller, requests };
}

describe('EventRequests', () => {
  test('lists the events about one pod, in one bounded request', async () => {
    const { clock, kube, events, requests } = start();
    kube.answer = () => ({ metadata: {}, items: [item] });
    requests.read('1-1', 'u1');
    await clock.advance(0);
    expect(kube.requests).toMatchObject([
      {
        method: 'GET',
        path: '/api/v1/namespaces/pulls/events',
        query: { fieldSelector: 'involvedObject.uid=u1', limit: '50' },
        timeoutMs: 5_000,
      },
    ]);
    const atMs = Date.parse('2026-01-01T00:00:05Z');
    const told = { reason: 'FailedCreatePodSandBox', message: 'no network', atMs };
    expect(events).toEqual([{ kind: 'podEventsRead', leaseId: '1-1', events: [told] }]);
  });

  test.for([
    [{ lastTimestamp: null, series: { lastObservedTime: '2026-01-01T00:00:03.000001Z' } }, 3],
    [{ lastTimestamp: null, eventTime: '2026-01-01T00:00:02.000001Z' }, 2],
    [{ lastTimestamp: null, eventTime: null }, 0],
  ] as const)('knows when it was said last: %j', async ([change, seconds]) => {
    const { clock, kube, events, requests } = start();
    kube.answer = () => ({ metadata: {}, items: [{ ...item, ...change }] });
    requests.read('1-1', 'u1');
    await clock.advance(0);
    const atMs = Date.parse('2026-01-01T00:00:00Z') + seconds * 1_000;
    expect(events).toMatchObject([{ events: [{ atMs }] }]);
  });

  test('cuts what is longer than a kubelet writes', async () => {
    const { clock, kube, events, requests } = start();
    kube.answer = () => ({ metadata: {}, items: [{ ...item, message: 'x'.repeat(100_000) }] });
    requests.read('1-1', 'u1');
    await clock.advance(0);
    expect(events).toMatchObject([{ events: [{ message: 'x'.repeat(4_096) }] }]);
  });

  test.for([0, 403, 429, 503])(
    'a refusal with %d is said once and not repeated',
    async (status) => {
      const { clock, kube, events, lines, requests } = start();
      kube.answer = () => {
        throw refusal(status);
      };
      requests.read('1-1', 'u1');
      await clock.advance(600_000);
      expect(kube.requests).toHaveLength(1);
      expect(events).toEqual([]);
      expect(lines).toMatchObject([{ level: 'warn', msg: 'pod events not read', leaseId: '1-1' }]);
    },
  );

  test('at most two are under way, and of a flood the first hundred and two are answered', async () => {
    const { clock, kube, events, requests } = start();
    let running = 0;
    let peak = 0;
    kube.answer = async () => {
      running += 1;
      peak = Math.max(peak, running);
      await new Promise<void>((resolve) => clock.startTimer(100, resolve));
      running -= 1;
      return { metadata: {}, items: [] };
    };
    for (let index = 0; index < 500; index += 1) requests.read(`1-${index}`, `u${index}`);
    await clock.advance(60_000);
    expect(peak).toBe(2);
    expect(events).toHaveLength(102);
  });

  test('an abort ends what is under way, quietly, and nothing begins any more', async () => {
    const { clock, kube, controller, lines, requests } = start();
    kube.answer = async () => {
      await new Promise<void>((resolve) => clock.startTimer(100, resolve));
      throw refusal(0);
    };
    for (const uid of ['a', 'b', 'c']) requests.read(uid, uid);
    controller.abort(new Error('stopped'));
    await clock.advance(60_000);
    expect(kube.requests).toHaveLength(2);
    expect(lines).toEqual([]);
  });
});
