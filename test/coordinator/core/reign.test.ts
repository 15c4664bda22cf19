import { beforeEach, describe, expect, test } from 'vitest';
import type { Effect } from '../../../coordinator/core/events.ts';
import type { Offer } from '../../../shared/protocol.ts';
import { cachedImage, helloOf, nodeRecord, podOf, startWallMs } from '../../../sim/core-records.ts';
import { Bench } from './bench.ts';
import { appImage, Driver, firstOffer, offersIn, updateOf } from './driver.ts';

let driver: Driver;

beforeEach(() => {
  driver = new Driver();
});

describe('a failed pair', () => {
  function fail(offer: Offer): readonly Effect[] {
    const pod = podOf(offer, 'n1', driver.now.wallMs, `uid-${driver.nowMs}`);
    const reading = {
      kind: 'failed',
      terminal: true,
      reason: 'PullFailed',
      message: 'not found',
    } as const;
    return [
      ...driver.apply({ kind: 'podSeen', pod: { ...pod, reading } }),
      ...driver.apply({ kind: 'podGone', pod: { ...pod, reading } }),
    ];
  }

  test('is tried again after 30 s, 60 s, 120 s, 240 s, then every 300 s', () => {
    driver.list({ nodes: ['n1'] });
    let offer = firstOffer(driver.connect('n1'));
    for (const expectedMs of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
      expect(offersIn(fail(offer))).toEqual([]);
      expect(offersIn(driver.pass(expectedMs - 1))).toEqual([]);
      driver.pass(1);
      const [again] = offersIn(
        driver.apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: driver.nowMs }),
      );
      if (again === undefined) throw new Error(`no offer after ${expectedMs} ms`);
      offer = again;
    }
  });

  test('starts anew when the node got the image in another way meanwhile', () => {
    driver.list({ nodes: ['n1'] });
    fail(firstOffer(driver.connect('n1')));
    driver.pass(20_000);
    const entry = {
      reference: appImage,
      digest: undefined,
      sizeBytes: 1,
      provenance: 'nodeStatus',
      observedAtMs: startWallMs,
    } as const;
    const change = { kind: 'inventoryChanged', sessionId: 's-n1', added: [], removed: [] } as const;
    driver.apply({ ...change, added: [entry] });
    expect(driver.core.status('app', driver.now)).toMatchObject({ phase: 'Ready', nodes: [] });
    driver.beat('n1', 2);
    const [again] = offersIn(driver.apply({ ...change, removed: [appImage] }));
    if (again === undefined) throw new Error('no offer after the image was lost');
    fail(again);
    // 30 s from this failure on; the end of the first backoff, 10 s from now, means nothing.
    driver.pass(11_000);
    expect(offersIn(driver.beat('n1', 3))).toEqual([]);
    driver.pass(19_000);
    expect(offersIn(driver.beat('n1', 4))).toHaveLength(1);
  });
});

describe('a new reign', () => {
  test.for([
    ['minDelay', { minDelayMs: 40_000 }, 40_000],
    ['startsPerMinute', { startsPerMinute: 1 }, 60_000],
  ] as const)('knows of no starts before it, and lets %s pass first', ([, pace, spanMs]) => {
    driver = new Driver({ epoch: 2, firstEpoch: false });
    const limit = { name: 'pace', per: 'cluster', match: {}, ...pace } as const;
    driver.apply({ kind: 'limitsConfigured', limits: [limit] });
    driver.list({ nodes: ['n1'] });
    driver.connect('n1');
    driver.pass(spanMs - 1);
    expect(offersIn(driver.beat('n1', 2))).toEqual([]);
    expect(offersIn(driver.pass(1))).toHaveLength(1);
  });

  const former: Offer = {
    kind: 'offer',
    leaseId: '1-7',
    epoch: 1,
    heartbeatSequence: 3,
    notAfterMs: startWallMs,
    pair: `uid-n1|${appImage}|`,
    podName: 'pull-former',
    image: appImage,
    imagePullPolicy: 'IfNotPresent',
    pullSecrets: [],
    tolerations: [],
    limits: ['cluster'],
    pullTimeoutMs: 60_000,
  };

  test('offers nothing before the former reign can have offered its last', () => {
    driver = new Driver({ epoch: 2, firstEpoch: false });
    driver.list();
    expect(offersIn(driver.connect('n1'))).toEqual([]);
    expect(offersIn(driver.pass(16_999))).toEqual([]);
    driver.apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 2 });
    expect(offersIn(driver.pass(1))).toHaveLength(1);
  });

  test('waits as well when there was no epoch but there are pull pods', () => {
    driver.list({ pods: [podOf(former, 'n1', startWallMs)] });
    expect(offersIn(driver.connect('n2'))).toEqual([]);
  });

  test('waits for all lists, whatever their order', () => {
    driver.apply({ kind: 'podsListed', pods: [] });
    driver.connect('n1');
    driver.apply({
      kind: 'imagesListed',
      images: [cachedImage('app', { image: 'r.example/app', tag: '1' })],
    });
    expect(offersIn(driver.apply({ kind: 'nodesListed', nodes: [nodeRecord('n1')] }))).toEqual([]);
    expect(offersIn(driver.apply({ kind: 'policiesListed', policies: [] }))).toHaveLength(1);
  });

  test('finds its leases again in the pull pods and offers no second one for their pairs', () => {
    driver = new Driver({ epoch: 2, firstEpoch: false });
    driver.list({ pods: [podOf(former, 'n1', startWallMs)] });
    expect(driver.core.lease('1-7')).toMatchObject({
      phase: 'Held',
      nodeName: 'n1',
      image: appImage,
      epoch: 1,
    });
    driver.connect('n1');
    const offers = offersIn([
      ...driver.pass(17_000),
      ...driver.apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 2 }),
    ]);
    expect(offers).toEqual([]);
  });

  test('does not count a pod of a node that is gone', () => {
    driver = new Driver({ epoch: 2, firstEpoch: false });
    driver.list({
      pods: [podOf({ ...former, pair: `uid-gone|${appImage}|` }, 'gone', startWallMs)],
    });
    expect([...driver.core.leases()]).toEqual([]);
    expect(driver.core.limits().map(({ inUse }) => inUse)).toEqual([0, 0, 0]);
  });

  test('learns a failure once from an ended pod, however often it is seen', () => {
    driver = new Driver({ epoch: 2, firstEpoch: false });
    const reading = { kind: 'failed', terminal: true, reason: 'PullFailed', message: 'm' } as const;
    const pod = { ...podOf(former, 'n1', startWallMs), reading };
    driver.list({ pods: [pod] });
    driver.apply({ kind: 'podSeen', pod });
    driver.apply({ kind: 'podsListed', pods: [pod] });
    expect(driver.core.status('app', driver.now)?.nodes).toMatchObject([
      { node: 'n1', attempts: 1 },
    ]);
  });

  test('believes an ended pod of a former reign no longer than the agent that tells all', () => {
    driver = new Driver({ epoch: 2, firstEpoch: false });
    const reading = { kind: 'pulled', terminal: true, digest: 'sha256:d', message: '' } as const;
    driver.list({ pods: [{ ...podOf(former, 'n1', startWallMs), reading }] });
    driver.connect('n1');
    const cached = () => driver.core.status('app', driver.now)?.cachedNodes;
    expect(cached()).toEqual(['n1']);
    driver.pass(90_001);
    driver.beat('n1', 2);
    expect(cached()).toEqual([]);
  });

  test('counts a pod whose annotations it cannot read against every limit', () => {
    driver = new Driver({ epoch: 2, firstEpoch: false });
    driver.list({ pods: [{ ...podOf(former, 'n1', startWallMs), lease: undefined }] });
    expect(driver.core.limits().map(({ inUse }) => inUse)).toEqual([1, 1, 1]);
  });

  test('offers to a node again when all its leases of one pair have ended', () => {
    driver = new Driver({ epoch: 2, firstEpoch: false });
    const readable = podOf(former, 'n1', startWallMs);
    const unreadable = {
      ...podOf(former, 'n1', startWallMs, 'other'),
      name: 'x',
      lease: undefined,
    };
    driver.list({ pods: [readable, unreadable], nodes: ['n1'] });
    driver.connect('n1');
    driver.pass(17_000);
    driver.beat('n1', 2);
    const pulled = { kind: 'pulled', terminal: true, digest: undefined, message: '' } as const;
    driver.apply({ kind: 'podGone', pod: { ...readable, reading: pulled } });
    driver.apply({ kind: 'podGone', pod: { ...unreadable, reading: pulled } });
    const other = cachedImage('other', { image: 'r.example/other', tag: '1' });
    expect(offersIn(driver.apply({ kind: 'imageSeen', image: other }))).toHaveLength(1);
  });

  test('gives no id twice when its number was used before', () => {
    const pods = [1, 2].map((number) => ({
      ...podOf({ ...former, leaseId: `1-${number}`, podName: `pull-${number}` }, 'n1', startWallMs),
    }));
    driver.list({ pods, nodes: ['n1', 'n2'] });
    driver.connect('n2');
    driver.pass(17_000);
    expect(firstOffer(driver.beat('n2', 2)).leaseId).toBe('1-3');
  });

  test.for(['1-99', '3-1'])('answers outcome %s of a reign that it knows nothing of', (leaseId) => {
    driver = new Driver({ epoch: 2, firstEpoch: false });
    driver.list();
    driver.connect('n1');
    const late = updateOf({ leaseId, podUid: 'gone' });
    expect(
      driver.apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: late }),
    ).toContainEqual({
      kind: 'send',
      sessionId: 's-n1',
      message: { kind: 'outcomeAck', leaseId, podUid: 'gone' },
    });
  });

  test('answers an outcome whose lease ended a thousand leases ago', () => {
    const images = Array.from({ length: 21 }, (_, index) =>
      cachedImage(`a${index}`, { image: `r.example/a${index}`, tag: '1' }),
    );
    const bench = new Bench({ nodes: 50, images, plan: () => ({ pullMs: 1_000 }) });
    bench.start();
    expect(bench.runUntil(() => bench.isWarm(), 3_600_000)).toBe(true);
    expect(bench.core.lease('1-1')).toBeUndefined();
    const sessionId = 'session-node-1';
    const update = updateOf({ leaseId: '1-1', podUid: 'gone' });
    expect(bench.apply({ kind: 'leaseUpdateReceived', sessionId, update })).toEqual([
      { kind: 'send', sessionId, message: { kind: 'outcomeAck', leaseId: '1-1', podUid: 'gone' } },
    ]);
  });

  test.for(['2-99', '2-0', '2-', 'nonsense'])(
    'ends a session that names lease %s, never given',
    (leaseId) => {
      driver = new Driver({ epoch: 2, firstEpoch: false });
      driver.list();
      driver.connect('n1');
      const effects = driver.apply({
        kind: 'leaseUpdateReceived',
        sessionId: 's-n1',
        update: updateOf({ leaseId }),
      });
      expect(effects).toContainEqual(
        expect.objectContaining({ kind: 'endSession', sessionId: 's-n1', code: 'NOT_FOUND' }),
      );
      expect([...driver.core.nodes()].find((node) => node.name === 'n1')?.connected).toBe(false);
    },
  );
});

describe('a failure that only the agent remembers', () => {
  const failed = {
    image: appImage,
    pullSecrets: [],
    failures: 3,
    failedAtMs: startWallMs - 50_000,
    reason: 'PullFailed',
  } as const;

  function greet(): readonly Effect[] {
    const hello = helloOf('n1', { failedPulls: [failed] });
    driver.apply({ kind: 'helloReceived', sessionId: 's-n1', hello });
    driver.apply({ kind: 'inventoryReceived', sessionId: 's-n1', entries: [] });
    return driver.beat('n1', 1);
  }

  test.for(['before', 'after'] as const)('goes on with its backoff, told %s the lists', (when) => {
    if (when === 'after') driver.list({ nodes: ['n1'] });
    const early = greet();
    if (when === 'before') driver.list({ nodes: ['n1'] });
    expect(offersIn(early)).toEqual([]);
    // The third failure waits for two minutes, of which 50 s are over.
    driver.pass(69_000);
    expect(offersIn(driver.beat('n1', 2))).toEqual([]);
    expect(offersIn(driver.pass(1_000))).toHaveLength(1);
    expect(driver.core.status('app', driver.now)?.nodes).toMatchObject([
      { node: 'n1', reason: 'PullFailed', attempts: 3 },
    ]);
  });
});
