// Explain, GetNode and ListLimits over a core that was told what to believe.

import { describe, expect, test } from 'vitest';
import { explain, getNode, listLimits } from '../../../coordinator/inspector/explain.ts';
import { cachedImage, nodeRecord, podOf } from '../../../sim/core-records.ts';
import { Driver, firstOffer } from '../core/driver.ts';

/** n1 pulls the image, n2 waits for the one slot of the cluster, n3 is cordoned. */
function open() {
  const driver = new Driver();
  const slots = { count: 1, percent: 0 };
  const limits = [{ name: 'cluster', per: 'cluster', slots, match: {} } as const];
  driver.apply({ kind: 'limitsConfigured', limits });
  driver.list();
  driver.apply({ kind: 'nodeSeen', node: nodeRecord('n3', { unschedulable: true }) });
  const offer = firstOffer(driver.connect('n1'));
  driver.apply({ kind: 'podSeen', pod: podOf(offer, 'n1', driver.now.wallMs) });
  driver.connect('n2');
  return { driver, core: driver.core, now: driver.now };
}

describe('explain', () => {
  test('of a node says who holds the limit', () => {
    const { core, now } = open();
    const request = { image: 'r.example/app:1', nodeName: 'n2' };
    expect(explain(request, core.inquiry, now)).toMatchObject({
      image: 'r.example/app:1',
      explanations: [
        {
          nodeName: 'n2',
          reason: 'REASON_CLUSTER_LIMIT',
          limit: { limit: 'cluster', inUse: 1, slots: 1 },
          holders: [{ leaseId: '1-1', phase: 'LEASE_PHASE_HELD', nodeName: 'n1' }],
          lastFailure: 'REASON_UNSPECIFIED',
        },
      ],
    });
  });

  test('of all nodes counts reasons', () => {
    const { core, now } = open();
    const answer = explain({ image: 'r.example/app:1', nodeName: '' }, core.inquiry, now);
    expect(answer.counts).toEqual([
      { reason: 'REASON_CLUSTER_LIMIT', nodes: 1 },
      { reason: 'REASON_NODE_CORDONED', nodes: 1 },
      { reason: 'REASON_PULLING', nodes: 1 },
    ]);
    expect(answer.explanations?.map(({ nodeName }) => nodeName)).toEqual(['n2', 'n1', 'n3']);
  });

  test('one for each credential set', () => {
    const { driver, core, now } = open();
    const spec = { image: 'r.example/app', tag: '1', imagePullSecrets: [{ name: 's' }] };
    driver.apply({ kind: 'imageSeen', image: cachedImage('secret', spec) });
    const answer = explain({ image: 'r.example/app:1', nodeName: 'n2' }, core.inquiry, now);
    expect(answer.explanations?.map(({ pullSecrets }) => pullSecrets)).toEqual([[], ['s']]);
  });

  test.for([
    [{ image: '', nodeName: '' }, 'INVALID_ARGUMENT', 'image is empty'],
    [{ image: 'A B', nodeName: '' }, 'INVALID_ARGUMENT', expect.any(String)],
    [{ image: 'other', nodeName: '' }, 'NOT_FOUND', /^no CachedImage wants docker.io/],
    [{ image: 'r.example/app:1', nodeName: 'n9' }, 'NOT_FOUND', 'there is no node n9'],
    [{ image: 'r.example/app:1', nodeName: 'x'.repeat(300) }, 'INVALID_ARGUMENT', /longer/],
  ] as const)('%j is %s', ([request, code, message]) => {
    const { core, now } = open();
    const said = message instanceof RegExp ? expect.stringMatching(message) : message;
    expect(() => explain(request, core.inquiry, now)).toThrow(
      expect.objectContaining({ code, message: said }),
    );
  });
});

describe('getNode', () => {
  test('shows the node, its live leases and where it stands with each image', () => {
    const { core, now } = open();
    expect(getNode({ name: 'n1' }, core, now)).toMatchObject({
      node: { name: 'n1', connected: true, imagesDesired: 1 },
      leases: [{ id: '1-1' }],
      explanations: [{ image: 'r.example/app:1', reason: 'REASON_PULLING' }],
    });
    expect(getNode({ name: 'n3' }, core, now)).toMatchObject({ leases: [], explanations: [] });
    expect(() => getNode({ name: 'n9' }, core, now)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });
});

describe('listLimits', () => {
  const first = { pageSize: 0, pageToken: '', limit: '' };

  test('says what is in use, what waits and what is held back', () => {
    const { core, now } = open();
    const { limits } = listLimits(first, core.inquiry, now);
    const counts = (limits ?? []).map(({ limit, scope, inUse, slots, waiting, heldBack }) =>
      [limit, scope, inUse, slots, waiting, heldBack].join(' '),
    );
    expect(counts).toEqual([
      'cluster  1 1 1 1',
      'image r.example/app:1 1 3 1 0',
      'node n1 1 1 0 0',
    ]);
  });

  test('is paged, filtered, and has the pauses on its first page', () => {
    const { driver, core, now } = open();
    const said = { why: '', by: 'ada', authenticatedAs: '', sinceMs: 0 };
    const pauses = [{ scope: 'policy', name: 'p', ...said } as const];
    driver.apply({ kind: 'pausesChanged', pauses });
    const page = listLimits({ ...first, pageSize: 2 }, core.inquiry, now);
    expect(page.limits).toHaveLength(2);
    expect(page.pauses).toMatchObject([{ scope: 'PAUSE_SCOPE_POLICY', name: 'p' }]);
    const pageToken = page.nextPageToken ?? '';
    const next = listLimits({ ...first, pageSize: 2, pageToken }, core.inquiry, now);
    expect(next).toMatchObject({ limits: [{ scope: 'n1' }], pauses: [], nextPageToken: '' });
    const { limits } = listLimits({ ...first, limit: 'image' }, core.inquiry, now);
    expect(limits).toHaveLength(1);
  });
});
