// Failures that only the events of the pull pod explain, from the agent's word to everything that shows a reason.

import { describe, expect, test } from 'vitest';
import type { Effect, PullPodRecord } from '../../../coordinator/core/events.ts';
import type { LeaseUpdate } from '../../../shared/protocol.ts';
import type { PodEvent } from '../../../shared/sandbox-failure.ts';
import { cachedImage, podOf, startWallMs } from '../../../sim/core-records.ts';
import { appImage, Driver, firstOffer, removed, updateOf } from './driver.ts';

const full = 'no IP addresses available in range set: 10.244.0.1-10.244.0.6';
const starved: PodEvent = { reason: 'FailedCreatePodSandBox', message: full, atMs: startWallMs };
const missing = 'failed to find plugin "loopback" in path [/opt/cni/bin]';
const broken: PodEvent = { ...starved, message: missing };
const pulling: PodEvent = { reason: 'Pulling', message: 'Pulling image', atMs: startWallMs };

const sandboxFailed = {
  podUid: 'uid-the-agent-says',
  reason: 'SandboxFailed',
  message: 'the pod got no sandbox',
} as const;

interface Stand {
  readonly driver: Driver;
  readonly leaseId: string;
  readonly pod: PullPodRecord;
  tell(change: Partial<LeaseUpdate>): readonly Effect[];
  answer(...events: PodEvent[]): readonly Effect[];
  end(): readonly Effect[];
}

/** A pull pod on n1 that waits for its sandbox. */
function start(readsEvents = true): Stand {
  const driver = new Driver({ readsEvents });
  driver.list();
  const offer = firstOffer(driver.connect('n1'));
  const { leaseId } = offer;
  const pod = podOf(offer, 'n1', driver.now.wallMs);
  driver.apply({ kind: 'podSeen', pod });
  return {
    driver,
    leaseId,
    pod,
    tell: (change) => {
      const update = updateOf({ leaseId, ...change });
      return driver.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update });
    },
    answer: (...events) => driver.apply({ kind: 'podEventsRead', leaseId, events }),
    end: () => {
      const gone = { ...pod, reading: removed };
      return [
        ...driver.apply({ kind: 'podSeen', pod: gone }),
        ...driver.apply({ kind: 'podGone', pod: gone }),
      ];
    },
  };
}

function questions(effects: readonly Effect[]): readonly Effect[] {
  return effects.filter(({ kind }) => kind === 'readPodEvents');
}

function shown({ driver, leaseId }: Stand) {
  const [explanation] = driver.core.inquiry.explainPair(appImage, 'n1', driver.now);
  driver.pass(60_000);
  const [attention] = driver.core.status('app', driver.now)?.nodes ?? [];
  const { outcome, reason, message } = driver.core.lease(leaseId) ?? {};
  return { lease: { outcome, reason, message }, attention, explanation };
}

describe('PodEvents', () => {
  test('are asked once about a pod without a sandbox, by the uid that was watched', () => {
    const { leaseId, pod, tell } = start();
    expect(questions(tell(sandboxFailed))).toEqual([
      { kind: 'readPodEvents', leaseId, podUid: pod.uid },
    ]);
    expect(questions(tell(sandboxFailed))).toEqual([]);
  });

  test.for(['SandboxFailed', 'PullTimeout'] as const)(
    'are never asked without the right: %s',
    (reason) => {
      const stand = start(false);
      expect(questions(stand.tell({ ...sandboxFailed, reason }))).toEqual([]);
      stand.end();
      expect(shown(stand).lease).toMatchObject({ reason, message: 'the pod got no sandbox' });
    },
  );

  test.for(['PullFailed', 'PodRejected', 'ImageNotFound'] as const)(
    'are not asked about what says enough: %s',
    (reason) => {
      expect(questions(start().tell({ reason }))).toEqual([]);
    },
  );

  test('make NoPodIP of it everywhere, with the words of the kubelet', () => {
    const stand = start();
    stand.tell(sandboxFailed);
    expect(stand.answer(broken, starved)).toMatchObject([
      { kind: 'leaseChanged', lease: { phase: 'Held', reason: 'NoPodIP', message: full } },
    ]);
    const ended = stand.end().filter(({ kind }) => kind === 'leaseChanged');
    expect(ended).toMatchObject([
      { lease: { phase: 'Ended', outcome: 'Failed', reason: 'NoPodIP' } },
    ]);
    expect(shown(stand)).toMatchObject({
      lease: { outcome: 'Failed', reason: 'NoPodIP', message: full },
      attention: { node: 'n1', reason: 'NoPodIP', message: full },
      explanation: {
        lastFailure: 'NoPodIP',
        message: `the last attempt ended with NoPodIP: ${full}`,
        nextAction: expect.stringContaining('address range'),
      },
    });
  });

  test('give SandboxFailed the words of the kubelet', () => {
    const stand = start();
    stand.tell(sandboxFailed);
    stand.answer(broken);
    stand.end();
    expect(shown(stand)).toMatchObject({
      lease: { reason: 'SandboxFailed', message: missing },
      attention: { reason: 'SandboxFailed', message: missing },
    });
  });

  test('leave the reason alone when there are none', () => {
    const stand = start();
    stand.tell(sandboxFailed);
    expect(stand.answer()).toEqual([]);
    stand.end();
    expect(shown(stand).lease).toMatchObject({
      reason: 'SandboxFailed',
      message: 'the pod got no sandbox',
    });
  });

  test('stay believed when the agent says it again', () => {
    const stand = start();
    stand.tell(sandboxFailed);
    stand.answer(starved);
    stand.tell(sandboxFailed);
    stand.end();
    stand.tell(sandboxFailed);
    expect(shown(stand).lease.reason).toBe('NoPodIP');
  });

  test('that come after the end reach pair, status and lease, and end it no second time', () => {
    const stand = start();
    stand.tell(sandboxFailed);
    stand.end();
    const effects = stand.answer(starved);
    expect(effects.filter(({ kind }) => kind === 'leaseChanged')).toEqual([]);
    expect(shown(stand)).toMatchObject({
      lease: { reason: 'NoPodIP', message: full },
      attention: { reason: 'NoPodIP', message: full, attempts: 1 },
      explanation: { lastFailure: 'NoPodIP' },
    });
  });

  test('that come after the pair has met something else say nothing of it', () => {
    const stand = start();
    const { driver, tell, end } = stand;
    tell(sandboxFailed);
    end();
    driver.pass(25_000);
    driver.beat('n1', 2);
    const [offer] = driver
      .pass(10_000)
      .flatMap((effect) =>
        effect.kind === 'send' && effect.message.kind === 'offer' ? [effect.message] : [],
      );
    if (offer === undefined) throw new Error('no second offer');
    const pod = podOf(offer, 'n1', driver.now.wallMs, 'second');
    const reading = { kind: 'failed', terminal: true, reason: 'DnsError', message: 'x' } as const;
    driver.apply({ kind: 'podSeen', pod });
    driver.apply({ kind: 'podSeen', pod: { ...pod, reading } });
    stand.answer(starved);
    expect(shown(stand)).toMatchObject({
      lease: { reason: 'NoPodIP' },
      explanation: { lastFailure: 'DnsError' },
    });
  });

  test('of a lease that nobody knows are dropped', () => {
    const { driver } = start();
    const event = { kind: 'podEventsRead', leaseId: '9-9', events: [starved] } as const;
    expect(driver.apply(event)).toEqual([]);
  });

  test.for([
    ['without a word of a pull never had its sandbox', [starved], 'NoPodIP'],
    ['with one did', [starved, pulling], 'PullTimeout'],
    ['without any events remains what it was', [], 'PullTimeout'],
  ] as const)('a pull that took too long %s', ([, events, reason]) => {
    const stand = start();
    expect(questions(stand.tell({ reason: 'PullTimeout' }))).toHaveLength(1);
    stand.answer(...events);
    stand.end();
    expect(shown(stand).lease).toMatchObject({ outcome: 'Failed', reason });
  });

  test('are asked as well when the coordinator itself ends a pull that took too long', () => {
    const stand = start();
    const { driver, answer, end } = stand;
    driver.apply({ kind: 'sessionEnded', sessionId: 's-n1' });
    expect(questions(driver.pass(1_860_000))).toHaveLength(1);
    answer(starved);
    end();
    expect(shown(stand).lease).toMatchObject({ outcome: 'Failed', reason: 'NoPodIP' });
  });

  test('do not touch a lease that is given up for another reason', () => {
    const stand = start();
    const { driver } = stand;
    expect(questions(driver.apply({ kind: 'imageGone', name: 'app' }))).toEqual([]);
    expect(stand.answer(starved)).toEqual([]);
  });

  test('leave the blame with the node', () => {
    const driver = new Driver({ readsEvents: true });
    driver.list({ nodes: ['n1'] });
    driver.apply({ kind: 'imageGone', name: 'app' });
    driver.connect('n1');
    for (const name of ['a', 'b', 'c']) {
      const image = cachedImage(name, { image: `r.example/${name}`, tag: '1' });
      const offer = firstOffer(driver.apply({ kind: 'imageSeen', image }));
      const pod = podOf(offer, 'n1', driver.now.wallMs);
      const { leaseId } = offer;
      driver.apply({ kind: 'podSeen', pod });
      const update = updateOf({ leaseId, ...sandboxFailed });
      driver.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update });
      driver.apply({ kind: 'podEventsRead', leaseId, events: [starved] });
      driver.apply({ kind: 'podSeen', pod: { ...pod, reading: removed } });
      driver.apply({ kind: 'podGone', pod: { ...pod, reading: removed } });
    }
    expect([...driver.core.breakers()]).toMatchObject([{ axis: 'node', key: 'uid-n1' }]);
  });
});
