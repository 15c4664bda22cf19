import { beforeEach, describe, expect, test } from 'vitest';
import { Core } from '../../../coordinator/core/core.ts';
import type { Effect, Event, PullPodRecord } from '../../../coordinator/core/events.ts';
import type { Hello, LeaseUpdate, Offer } from '../../../shared/protocol.ts';
import { cachedImage, nodeRecord, podOf, startWallMs } from './bench.ts';

const image = 'r.example/app:1';
let core: Core;
let nowMs: number;

beforeEach(() => {
  nowMs = 0;
  core = makeCore();
});

function now() {
  return { wallMs: startWallMs + nowMs, monotonicMs: nowMs };
}

function makeCore(settings: { epoch?: number; firstEpoch?: boolean } = {}): Core {
  return new Core({ epoch: 1, firstEpoch: true, startedAt: now(), random: () => 0, ...settings });
}

function apply(event: Event): readonly Effect[] {
  return core.apply(event, now());
}

/** Lets time pass, telling the core whenever it asked for it. */
function pass(spanMs: number): readonly Effect[] {
  const untilMs = nowMs + spanMs;
  const effects: Effect[] = [];
  for (
    let next = core.nextDeadlineMs();
    next !== undefined && next <= untilMs;
    next = core.nextDeadlineMs()
  ) {
    nowMs = Math.max(nowMs, next);
    effects.push(...apply({ kind: 'ticked' }));
  }
  nowMs = untilMs;
  return effects;
}

function hello(node: string, inventoryHash = 'none'): Hello {
  return {
    kind: 'hello',
    protocolVersion: 1,
    nodeName: node,
    nodeUid: `uid-${node}`,
    agentInstance: 'a',
    platform: { os: 'linux', architecture: 'amd64' },
    kubeletVersion: 'v1.36.3',
    containerRuntimeVersion: 'containerd://2.4.2',
    inventoryHash,
  };
}

function list(
  options: { pods?: readonly PullPodRecord[]; nodes?: readonly string[] } = {},
): readonly Effect[] {
  return [
    ...apply({
      kind: 'nodesListed',
      nodes: (options.nodes ?? ['n1', 'n2']).map((name) => nodeRecord(name)),
    }),
    ...apply({ kind: 'podsListed', pods: options.pods ?? [] }),
    ...apply({
      kind: 'imagesListed',
      images: [cachedImage('app', { image: 'r.example/app', tag: '1' })],
    }),
  ];
}

function connect(node: string, sessionId = `s-${node}`): readonly Effect[] {
  return [
    ...apply({ kind: 'helloReceived', sessionId, hello: hello(node) }),
    ...apply({ kind: 'inventoryReceived', sessionId, entries: [] }),
    ...apply({ kind: 'heartbeatReceived', sessionId, sequence: 1 }),
  ];
}

function offersIn(effects: readonly Effect[]): readonly Offer[] {
  return effects.flatMap((effect) =>
    effect.kind === 'send' && effect.message.kind === 'offer' ? [effect.message] : [],
  );
}

function firstOffer(effects: readonly Effect[]): Offer {
  const [offer] = offersIn(effects);
  if (offer === undefined) throw new Error('no offer');
  return offer;
}

function phase(id: string): string | undefined {
  return core.lease(id)?.phase;
}

function update(change: Partial<LeaseUpdate> & { leaseId: string }): LeaseUpdate {
  return {
    kind: 'leaseUpdate',
    podUid: undefined,
    state: 'ended',
    outcome: 'Failed',
    reason: 'PullFailed',
    message: 'words',
    digest: undefined,
    admittedImage: undefined,
    ...change,
  };
}

describe('an offer', () => {
  test('echoes the heartbeat and is fenced from its receipt on', () => {
    list();
    nowMs = 500;
    const offer = firstOffer(connect('n1'));
    expect(offer).toMatchObject({
      leaseId: '1-1',
      epoch: 1,
      heartbeatSequence: 1,
      notAfterMs: startWallMs + 15_500,
      image,
      imagePullPolicy: 'IfNotPresent',
      pair: `uid-n1|${image}|`,
      limits: ['cluster', 'image', 'node'],
      pullTimeoutMs: 1_800_000,
    });
  });

  test('lapses after its time, the clock skew and a 404, not before', () => {
    list();
    const offer = firstOffer(connect('n1'));
    expect(pass(16_999)).toEqual([]);
    expect(phase(offer.leaseId)).toBe('Offered');
    expect(pass(1)).toContainEqual({
      kind: 'lookUpPod',
      leaseId: offer.leaseId,
      podName: offer.podName,
    });
    expect(phase(offer.leaseId)).toBe('Offered');
    apply({ kind: 'podLookedUp', leaseId: offer.leaseId, pod: undefined });
    expect(core.lease(offer.leaseId)).toMatchObject({ phase: 'Lapsed', reason: 'OfferLapsed' });
  });

  test('is held when the look-up finds the pod that the watch has not shown', () => {
    list();
    const offer = firstOffer(connect('n1'));
    pass(17_000);
    apply({ kind: 'podLookedUp', leaseId: offer.leaseId, pod: podOf(offer, 'n1', startWallMs) });
    expect(phase(offer.leaseId)).toBe('Held');
  });

  test('keeps counting when the agent declines it, and its reason is kept for the end', () => {
    list();
    const offer = firstOffer(connect('n1'));
    const declined = update({
      leaseId: offer.leaseId,
      state: 'declined',
      reason: 'AdmissionDenied',
      message: 'no',
    });
    apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: declined });
    expect(phase(offer.leaseId)).toBe('Offered');
    pass(17_000);
    apply({ kind: 'podLookedUp', leaseId: offer.leaseId, pod: undefined });
    expect(core.lease(offer.leaseId)).toMatchObject({
      phase: 'Lapsed',
      outcome: 'Failed',
      reason: 'AdmissionDenied',
    });
    expect(core.status('app', now())?.nodes).toMatchObject([
      { node: 'n1', reason: 'AdmissionDenied', attempts: 1 },
    ]);
  });

  test('is not made on a heartbeat that is too old to leave the agent two seconds', () => {
    list();
    connect('n1');
    apply({ kind: 'imageGone', name: 'app' });
    pass(13_000);
    const wanted = cachedImage('other', { image: 'r.example/other', tag: '1' });
    expect(offersIn(apply({ kind: 'imageSeen', image: wanted }))).toEqual([]);
    const after = apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 2 });
    expect(offersIn(after)).toEqual([]);
  });
});

describe('a hold', () => {
  test('begins with the watch and not with the agent', () => {
    list();
    const offer = firstOffer(connect('n1'));
    const accepted = update({
      leaseId: offer.leaseId,
      state: 'accepted',
      outcome: undefined,
      podUid: 'p',
    });
    apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: accepted });
    expect(phase(offer.leaseId)).toBe('Offered');
    apply({ kind: 'podSeen', pod: podOf(offer, 'n1', startWallMs) });
    expect(phase(offer.leaseId)).toBe('Held');
  });

  test('goes on while its pod is Terminating and ends when the object is gone', () => {
    list();
    const offer = firstOffer(connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    apply({ kind: 'podSeen', pod });
    apply({ kind: 'podSeen', pod: { ...pod, deleting: true } });
    expect(phase(offer.leaseId)).toBe('Revoking');
    expect(core.limits()).toContainEqual({ name: 'node', slots: 1, inUse: 1 });
    apply({ kind: 'podGone', pod: { ...pod, deleting: true } });
    expect(core.lease(offer.leaseId)).toMatchObject({
      phase: 'Ended',
      outcome: 'Unknown',
      reason: 'PodVanished',
    });
    expect(core.limits()).toContainEqual({ name: 'node', slots: 1, inUse: 0 });
  });

  test('does not end because the agent says so', () => {
    list();
    const offer = firstOffer(connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    apply({ kind: 'podSeen', pod });
    const ended = update({
      leaseId: offer.leaseId,
      podUid: pod.uid,
      reason: 'ImageNotFound',
      message: 'no such tag',
    });
    const effects = apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: ended });
    expect(phase(offer.leaseId)).toBe('Held');
    expect(effects).toContainEqual({
      kind: 'send',
      sessionId: 's-n1',
      message: { kind: 'outcomeAck', leaseId: offer.leaseId, podUid: pod.uid },
    });
    apply({ kind: 'podGone', pod });
    expect(core.lease(offer.leaseId)).toMatchObject({
      outcome: 'Failed',
      reason: 'ImageNotFound',
      message: 'no such tag',
    });
  });

  test('that succeeded counts as cached before any inventory shows it', () => {
    list({ nodes: ['n1'] });
    const offer = firstOffer(connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    const reading = { kind: 'pulled', terminal: true, digest: 'sha256:d', message: '' } as const;
    const effects = apply({ kind: 'podSeen', pod: { ...pod, reading } });
    expect(offersIn(effects)).toEqual([]);
    expect(core.status('app', now())).toMatchObject({
      phase: 'Ready',
      ready: '1/1',
      resolvedDigest: 'sha256:d',
    });
    const welcome = apply({ kind: 'helloReceived', sessionId: 's2', hello: hello('n1') }).at(-1);
    expect(welcome).toMatchObject({
      message: { acknowledged: [{ reference: image, provenance: 'pullPod' }] },
    });
  });

  test('of an image that nobody wants any more is revoked and counts until its pod is gone', () => {
    list();
    const offer = firstOffer(connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    apply({ kind: 'podSeen', pod });
    const revoked = apply({ kind: 'imageGone', name: 'app' });
    expect(revoked).toContainEqual({
      kind: 'send',
      sessionId: 's-n1',
      message: {
        kind: 'revoke',
        leaseId: offer.leaseId,
        podUid: pod.uid,
        reason: 'NoLongerDesired',
      },
    });
    expect(phase(offer.leaseId)).toBe('Revoking');
    expect(pass(10_000)).toContainEqual({ kind: 'deletePod', podName: pod.name, podUid: pod.uid });
    expect(phase(offer.leaseId)).toBe('Revoking');
    apply({ kind: 'podGone', pod });
    expect(core.lease(offer.leaseId)).toMatchObject({
      outcome: 'Cancelled',
      reason: 'NoLongerDesired',
    });
  });

  test('of an image wanted again meanwhile gets no second lease', () => {
    list({ nodes: ['n1'] });
    const offer = firstOffer(connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    apply({ kind: 'podSeen', pod });
    apply({ kind: 'imageGone', name: 'app' });
    const again = cachedImage('app', { image: 'r.example/app', tag: '1' });
    expect(
      offersIn(
        apply({
          kind: 'imageSeen',
          image: { ...again, metadata: { ...again.metadata, uid: 'u2' } },
        }),
      ),
    ).toEqual([]);
    expect(offersIn(apply({ kind: 'podGone', pod }))).toHaveLength(1);
  });

  test('over pullTimeout is deleted by the coordinator when no agent does it', () => {
    list();
    const offer = firstOffer(connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    apply({ kind: 'podSeen', pod });
    apply({ kind: 'sessionEnded', sessionId: 's-n1' });
    const effects = pass(31 * 60_000);
    expect(effects).toContainEqual({ kind: 'deletePod', podName: pod.name, podUid: pod.uid });
    apply({ kind: 'podGone', pod });
    expect(core.lease(offer.leaseId)).toMatchObject({ outcome: 'Failed', reason: 'PullTimeout' });
  });

  test('on a node not Ready for five minutes is suspect, and held again when it returns', () => {
    list();
    const offer = firstOffer(connect('n1'));
    apply({ kind: 'podSeen', pod: podOf(offer, 'n1', startWallMs) });
    apply({ kind: 'nodeSeen', node: nodeRecord('n1', { ready: false }) });
    pass(5 * 60_000);
    expect(phase(offer.leaseId)).toBe('Suspect');
    apply({ kind: 'nodeSeen', node: nodeRecord('n1') });
    expect(phase(offer.leaseId)).toBe('Held');
  });

  test.for([
    ['is deleted', () => apply({ kind: 'nodeGone', name: 'n1', uid: 'uid-n1' })],
    [
      'returns with another uid',
      () => apply({ kind: 'nodeSeen', node: nodeRecord('n1', { uid: 'other' }) }),
    ],
    ['is missing from the list', () => apply({ kind: 'nodesListed', nodes: [nodeRecord('n2')] })],
  ] as const)('is lost when its node %s', ([, happen]) => {
    list();
    const offer = firstOffer(connect('n1'));
    apply({ kind: 'podSeen', pod: podOf(offer, 'n1', startWallMs) });
    happen();
    expect(core.lease(offer.leaseId)).toMatchObject({ phase: 'Lost', reason: 'NodeGone' });
    expect(core.limits()).toContainEqual({ name: 'cluster', slots: 20, inUse: 0 });
  });
});

describe('a failed pair', () => {
  function fail(offer: Offer): readonly Effect[] {
    const pod = podOf(offer, 'n1', now().wallMs, `uid-${nowMs}`);
    const reading = {
      kind: 'failed',
      terminal: true,
      reason: 'ImageNotFound',
      message: 'not found',
    } as const;
    return [
      ...apply({ kind: 'podSeen', pod: { ...pod, reading } }),
      ...apply({ kind: 'podGone', pod: { ...pod, reading } }),
    ];
  }

  test('is tried again after 30 s, 60 s, 120 s, 240 s, then every 300 s', () => {
    list({ nodes: ['n1'] });
    let offer = firstOffer(connect('n1'));
    for (const expectedMs of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
      expect(offersIn(fail(offer))).toEqual([]);
      expect(offersIn(pass(expectedMs - 1))).toEqual([]);
      pass(1);
      const [again] = offersIn(
        apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: nowMs }),
      );
      if (again === undefined) throw new Error(`no offer after ${expectedMs} ms`);
      offer = again;
    }
  });
});

describe('a new reign', () => {
  const former: Offer = {
    kind: 'offer',
    leaseId: '1-7',
    epoch: 1,
    heartbeatSequence: 3,
    notAfterMs: startWallMs,
    pair: `uid-n1|${image}|`,
    podName: 'pull-former',
    image,
    imagePullPolicy: 'IfNotPresent',
    pullSecrets: [],
    tolerations: [],
    limits: ['cluster'],
    pullTimeoutMs: 60_000,
  };

  test('offers nothing before the former reign can have offered its last', () => {
    core = makeCore({ epoch: 2, firstEpoch: false });
    list();
    expect(offersIn(connect('n1'))).toEqual([]);
    expect(offersIn(pass(16_999))).toEqual([]);
    apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 2 });
    expect(offersIn(pass(1))).toHaveLength(1);
  });

  test('waits as well when there was no epoch but there are pull pods', () => {
    list({ pods: [podOf(former, 'n1', startWallMs)] });
    expect(offersIn(connect('n2'))).toEqual([]);
  });

  test('waits for all three lists, whatever their order', () => {
    apply({ kind: 'podsListed', pods: [] });
    connect('n1');
    apply({
      kind: 'imagesListed',
      images: [cachedImage('app', { image: 'r.example/app', tag: '1' })],
    });
    expect(offersIn(apply({ kind: 'nodesListed', nodes: [nodeRecord('n1')] }))).toHaveLength(1);
  });

  test('finds its leases again in the pull pods and offers no second one for their pairs', () => {
    core = makeCore({ epoch: 2, firstEpoch: false });
    list({ pods: [podOf(former, 'n1', startWallMs)] });
    expect(core.lease('1-7')).toMatchObject({ phase: 'Held', nodeName: 'n1', image, epoch: 1 });
    connect('n1');
    const offers = offersIn([
      ...pass(17_000),
      ...apply({ kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 2 }),
    ]);
    expect(offers).toEqual([]);
  });

  test('does not count a pod of a node that is gone', () => {
    core = makeCore({ epoch: 2, firstEpoch: false });
    list({ pods: [podOf({ ...former, pair: `uid-gone|${image}|` }, 'gone', startWallMs)] });
    expect([...core.leases()]).toEqual([]);
    expect(core.limits().map(({ inUse }) => inUse)).toEqual([0, 0, 0]);
  });

  test('learns a failure once from an ended pod, however often it is seen', () => {
    core = makeCore({ epoch: 2, firstEpoch: false });
    const reading = { kind: 'failed', terminal: true, reason: 'PullFailed', message: 'm' } as const;
    const pod = { ...podOf(former, 'n1', startWallMs), reading };
    list({ pods: [pod] });
    apply({ kind: 'podSeen', pod });
    apply({ kind: 'podsListed', pods: [pod] });
    expect(core.status('app', now())?.nodes).toMatchObject([{ node: 'n1', attempts: 1 }]);
  });

  test('counts a pod whose annotations it cannot read against every limit', () => {
    core = makeCore({ epoch: 2, firstEpoch: false });
    list({ pods: [{ ...podOf(former, 'n1', startWallMs), lease: undefined }] });
    expect(core.limits().map(({ inUse }) => inUse)).toEqual([1, 1, 1]);
  });

  test('answers an outcome of a former reign that it knows nothing of', () => {
    core = makeCore({ epoch: 2, firstEpoch: false });
    list();
    connect('n1');
    const late = update({ leaseId: '1-99', podUid: 'gone' });
    expect(apply({ kind: 'leaseUpdateReceived', sessionId: 's-n1', update: late })).toContainEqual({
      kind: 'send',
      sessionId: 's-n1',
      message: { kind: 'outcomeAck', leaseId: '1-99', podUid: 'gone' },
    });
  });

  test.for(['2-99', '3-1', 'nonsense'])(
    'ends a session that names lease %s, never given',
    (leaseId) => {
      core = makeCore({ epoch: 2, firstEpoch: false });
      list();
      connect('n1');
      const effects = apply({
        kind: 'leaseUpdateReceived',
        sessionId: 's-n1',
        update: update({ leaseId }),
      });
      expect(effects).toContainEqual(
        expect.objectContaining({ kind: 'endSession', sessionId: 's-n1', code: 'NOT_FOUND' }),
      );
      expect([...core.nodes()].find((node) => node.name === 'n1')?.connected).toBe(false);
    },
  );
});

describe('an ended pod that is still there', () => {
  test('keeps its pair from a new lease until it is gone', () => {
    list({ nodes: ['n1'] });
    const offer = firstOffer(connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    const reading = { kind: 'failed', terminal: true, reason: 'PullFailed', message: '' } as const;
    apply({ kind: 'podSeen', pod: { ...pod, reading } });
    pass(30_000);
    const beat = { kind: 'heartbeatReceived', sessionId: 's-n1', sequence: 2 } as const;
    expect(offersIn(apply(beat))).toEqual([]);
    expect(offersIn(apply({ kind: 'podGone', pod: { ...pod, reading } }))).toHaveLength(1);
  });

  test('is deleted when no agent has taken it for ten minutes', () => {
    list();
    const offer = firstOffer(connect('n1'));
    const pod = podOf(offer, 'n1', startWallMs);
    const reading = { kind: 'pulled', terminal: true, digest: undefined, message: '' } as const;
    apply({ kind: 'podSeen', pod: { ...pod, reading } });
    expect(pass(10 * 60_000)).toContainEqual({
      kind: 'deletePod',
      podName: pod.name,
      podUid: pod.uid,
    });
  });
});
