// The inspector over real gRPC and views of our own making.

import { afterEach, describe, expect, test } from 'vitest';
import { openInspector } from '../../../coordinator/inspector/inspector.ts';
import { LeaseFeed } from '../../../coordinator/inspector/lease-feed.ts';
import { startGrpcServer } from '../../../coordinator/server.ts';
import { openInspectorClient } from '../../../shared/dial.ts';
import type { InspectorServiceClient } from '../../../shared/gen/forehold/v1/InspectorService.ts';
import type { WatchLeasesRequestInput } from '../../../shared/gen/forehold/v1/WatchLeasesRequest.ts';
import type { WatchLeasesResponse } from '../../../shared/gen/forehold/v1/WatchLeasesResponse.ts';
import { StatusError, toStatusError } from '../../../shared/rpc.ts';
import { clock, openTestLog, waitUntil } from '../stand.ts';
import { FakeViews, imageOf, leaseOf, nodeOf } from '../views.ts';

const closers: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start() {
  const views = new FakeViews();
  const feed = new LeaseFeed();
  const stopping = new AbortController();
  const { log, lines } = openTestLog();
  const pauses = { list: () => [], add: refuse, remove: refuse };
  const actions = {
    lease: views.lease,
    leases: views.leases,
    revoke: () => undefined,
    pauses,
  };
  const options = {
    views: () => views,
    actions: () => actions,
    identify: () => '',
    feed,
    clock,
    log,
    signal: stopping.signal,
  };
  const grpc = await startGrpcServer({
    tls: false,
    log,
    onEnded: () => undefined,
    host: '127.0.0.1',
    port: 0,
    onSession: () => undefined,
    inspector: openInspector(options),
  });
  const client = openInspectorClient(`127.0.0.1:${grpc.port}`);
  closers.push(
    () => grpc.stop(),
    () => client.close(),
  );
  return { views, feed, stopping, client, lines };
}

function refuse(): Promise<void> {
  return Promise.reject(new StatusError('UNAVAILABLE', 'not here'));
}

type Callback<Response> = (error: unknown, response?: Response) => void;

function ask<Response>(call: (callback: Callback<Response>) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (response === undefined) reject(toStatusError(error));
      else resolve(response);
    });
  });
}

function watch(client: InspectorServiceClient, request: WatchLeasesRequestInput = {}) {
  const received: WatchLeasesResponse[] = [];
  const call = client.watchLeases(request);
  closers.push(() => call.cancel());
  const ended = new Promise<StatusError>((resolve) =>
    call.on('error', (error) => resolve(toStatusError(error))),
  );
  call.on('data', (message: WatchLeasesResponse) => received.push(message));
  const seen = () => received.map(({ lease }) => `${lease?.id} ${lease?.phase}`);
  return { call, ended, seen };
}

describe('ListLeases', () => {
  test('shows a live lease with everything known of it', async () => {
    const { views, client } = await start();
    views.leaseList = [leaseOf('3-7')];
    const { leases } = await ask(client.listLeases.bind(client, {}));
    expect(leases).toMatchObject([
      {
        id: '3-7',
        epoch: 3,
        phase: 'LEASE_PHASE_HELD',
        nodeName: 'n1',
        image: 'docker.io/library/nginx:1.27',
        podName: 'pull-3-7',
        podUid: 'pod-uid',
        limits: ['cluster', 'image', 'node'],
        offeredAt: { seconds: 1_000, nanos: 0 },
        heldAt: { seconds: 1_001, nanos: 0 },
        endedAt: null,
        outcome: 'OUTCOME_UNSPECIFIED',
        reason: 'REASON_UNSPECIFIED',
      },
    ]);
    expect(leases[0]?.age?.seconds).toBeGreaterThan(1_000_000);
  });

  test('ended leases are shown on demand, with the age that they reached', async () => {
    const { views, client } = await start();
    views.leaseList = [
      leaseOf('1-1'),
      leaseOf('1-2', {
        phase: 'Ended',
        endedAtMs: 1_002_500,
        outcome: 'Failed',
        reason: 'ImageNotFound',
      }),
    ];
    const live = await ask(client.listLeases.bind(client, {}));
    expect(live.leases.map(({ id }) => id)).toEqual(['1-1']);
    const all = await ask(client.listLeases.bind(client, { includeEnded: true }));
    expect(all.leases[1]).toMatchObject({
      outcome: 'OUTCOME_FAILED',
      reason: 'REASON_IMAGE_NOT_FOUND',
      age: { seconds: 2, nanos: 500_000_000 },
    });
  });

  test('pages hold every lease once, in the order of their numbers', async () => {
    const { views, client } = await start();
    const ids = Array.from({ length: 25 }, (_, index) => `2-${index + 1}`);
    views.leaseList = ids.toReversed().map((id) => leaseOf(id));
    const seen: string[] = [];
    let pageToken = '';
    do {
      const request = { pageSize: 10, pageToken };
      const page = await ask(client.listLeases.bind(client, request));
      seen.push(...page.leases.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual(ids);
  });

  test('what ends or comes between two pages moves nothing', async () => {
    const { views, client } = await start();
    views.leaseList = ['1-1', '1-2', '1-3', '1-4'].map((id) => leaseOf(id));
    const first = await ask(client.listLeases.bind(client, { pageSize: 2 }));
    views.leaseList = ['1-2', '1-3', '1-4', '1-5'].map((id) => leaseOf(id));
    const pageToken = first.nextPageToken;
    const second = await ask(client.listLeases.bind(client, { pageSize: 2, pageToken }));
    expect(second.leases.map(({ id }) => id)).toEqual(['1-3', '1-4']);
  });

  test('filters by node and by any spelling of the image', async () => {
    const { views, client } = await start();
    views.leaseList = [
      leaseOf('1-1', { nodeName: 'n1' }),
      leaseOf('1-2', { nodeName: 'n2' }),
      leaseOf('1-3', { nodeName: 'n1', image: 'docker.io/library/my-nginx:1.27' }),
    ];
    const request = { nodeName: 'n1', image: 'nginx:1.27' };
    const { leases } = await ask(client.listLeases.bind(client, request));
    expect(leases.map(({ id }) => id)).toEqual(['1-1']);
  });

  test('a page token is bound to its list and filters', async () => {
    const { views, client } = await start();
    views.leaseList = ['1-1', '1-2'].map((id) => leaseOf(id));
    const { nextPageToken } = await ask(client.listLeases.bind(client, { pageSize: 1 }));
    const why = {
      code: 'INVALID_ARGUMENT',
      message: 'page_token is not a next_page_token of this list with these filters',
    };
    for (const request of [
      { pageToken: nextPageToken, nodeName: 'n1' },
      { pageToken: 'nonsense' },
      { pageToken: 'x'.repeat(10_000) },
    ])
      await expect(ask(client.listLeases.bind(client, request))).rejects.toMatchObject(why);
    const elsewhere = ask(client.listNodes.bind(client, { pageToken: nextPageToken }));
    await expect(elsewhere).rejects.toMatchObject(why);
  });

  test.for([
    [{ image: 'UPPER CASE' }, 'cannot read image reference "UPPER CASE"'],
    [{ nodeName: 'n'.repeat(300) }, 'node_name is longer than 253'],
  ] as const)('refuses %j', async ([request, message]) => {
    const { client } = await start();
    const asking = ask(client.listLeases.bind(client, request));
    await expect(asking).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(asking).rejects.toThrow(message);
  });

  test('a request that is too large is refused', async () => {
    const { client } = await start();
    const asking = ask(client.listLeases.bind(client, { pageToken: 'x'.repeat(20_000) }));
    await expect(asking).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  });
});

describe('GetLease', () => {
  test('finds one and says when there is none', async () => {
    const { views, client } = await start();
    views.leaseList = [leaseOf('1-1')];
    const found = await ask(client.getLease.bind(client, { leaseId: '1-1' }));
    expect(found.lease?.id).toBe('1-1');
    const missing = ask(client.getLease.bind(client, { leaseId: '9-9' }));
    await expect(missing).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no such lease',
    });
  });
});

describe('ListNodes', () => {
  test('shows nodes sorted by name', async () => {
    const { views, client } = await start();
    views.nodeList = [nodeOf('b'), nodeOf('a')];
    const { nodes } = await ask(client.listNodes.bind(client, {}));
    expect(nodes.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(nodes[0]).toMatchObject({
      sessionId: 's1',
      lastHeartbeatAt: { seconds: 1_000, nanos: 500_000_000 },
      inventoryEntries: 7,
      warm: false,
    });
  });
});

describe('ListImages', () => {
  test('images with other credentials are other images, also across pages', async () => {
    const { views, client } = await start();
    views.imageList = [imageOf('b/b:1'), imageOf('a/a:1', ['x']), imageOf('a/a:1')];
    const first = await ask(client.listImages.bind(client, { pageSize: 2 }));
    const pageToken = first.nextPageToken;
    const second = await ask(client.listImages.bind(client, { pageToken }));
    const names = [...first.images, ...second.images].map(
      ({ image, pullSecrets }) => `${image} ${pullSecrets.join()}`,
    );
    expect(names).toEqual(['a/a:1 ', 'a/a:1 x', 'b/b:1 ']);
    expect(first.images[0]).toMatchObject({
      priority: -5,
      meanPullTime: { seconds: 1, nanos: 500_000_000 },
    });
  });

  test('a fault is logged and told as such', async () => {
    const { views, client, lines } = await start();
    views.images = () => {
      throw new Error('broken');
    };
    const asking = ask(client.listImages.bind(client, {}));
    await expect(asking).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'cannot answer: see the log',
    });
    expect(lines).toMatchObject([{ level: 'error', msg: 'inspector request failed' }]);
  });
});

describe('WatchLeases', () => {
  test('shows the live leases, then every change', async () => {
    const { views, feed, client } = await start();
    views.leaseList = [leaseOf('1-1'), leaseOf('1-2', { phase: 'Ended' })];
    const { seen } = watch(client);
    await waitUntil(() => seen().length === 1);
    feed.publish(leaseOf('1-3', { phase: 'Offered' }));
    feed.publish(leaseOf('1-1', { phase: 'Ended', outcome: 'Succeeded' }));
    await waitUntil(() => seen().length === 3);
    expect(seen()).toEqual([
      '1-1 LEASE_PHASE_HELD',
      '1-3 LEASE_PHASE_OFFERED',
      '1-1 LEASE_PHASE_ENDED',
    ]);
  });

  test('shows only what the filter lets through', async () => {
    const { views, feed, client } = await start();
    views.leaseList = [leaseOf('1-1', { nodeName: 'n2' })];
    const { seen } = watch(client, { nodeName: 'n1', image: 'nginx:1.27' });
    await waitUntil(() => feed.watcherCount === 1);
    feed.publish(leaseOf('1-2', { nodeName: 'n2' }));
    feed.publish(leaseOf('1-3', { nodeName: 'n1' }));
    await waitUntil(() => seen().length === 1);
    expect(seen()).toEqual(['1-3 LEASE_PHASE_HELD']);
  });

  test('refuses an image that is none', async () => {
    const { client } = await start();
    expect(await watch(client, { image: '::' }).ended).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('a caller that falls behind is ended, the others go on', async () => {
    const { feed, client } = await start();
    const slow = watch(client);
    slow.call.pause();
    const good = watch(client);
    await waitUntil(() => feed.watcherCount === 2);
    const large = leaseOf('1-1', { message: 'm'.repeat(1_000) });
    for (let round = 0; round < 20 && feed.watcherCount === 2; round += 1) {
      const before = good.seen().length;
      for (let index = 0; index < 100; index += 1) feed.publish(large);
      await waitUntil(() => good.seen().length === before + 100);
    }
    expect(feed.watcherCount).toBe(1);
    slow.call.resume();
    expect(await slow.ended).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'more than 1000 changes were not read; start the watch again',
    });
    const before = good.seen().length;
    feed.publish(leaseOf('1-2'));
    await waitUntil(() => good.seen().length === before + 1);
  });

  test('a caller that leaves is forgotten', async () => {
    const { feed, client } = await start();
    const { call } = watch(client);
    await waitUntil(() => feed.watcherCount === 1);
    call.cancel();
    await waitUntil(() => feed.watcherCount === 0);
  });

  test('a coordinator that stops says UNAVAILABLE', async () => {
    const { feed, stopping, client } = await start();
    const { ended } = watch(client);
    await waitUntil(() => feed.watcherCount === 1);
    stopping.abort(new StatusError('UNAVAILABLE', 'the coordinator is stopping'));
    expect(await ended).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the coordinator is stopping',
    });
    expect(await watch(client).ended).toMatchObject({ code: 'UNAVAILABLE' });
  });
});
