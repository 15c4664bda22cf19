import { describe, expect, test } from 'vitest';
import { NodeKube } from '../../agent/kube.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import type { Pod } from '../../shared/kube-types.ts';
import { openLog } from '../../shared/log.ts';
import { buildPullPod } from '../../shared/pull-pod.ts';
import { type Answer, answerJson, answerStatus, startKubeServer } from '../shared/kube-server.ts';
import { makeOffer, nodeUid } from './core/world.ts';

const offer = makeOffer(1);
const { signal } = new AbortController();

async function open(answer: Answer, ownPodName?: string) {
  const server = await startKubeServer(answer);
  const kube = new NodeKube({
    client: openKubeClient({ url: server.url, userAgent: 'forehold-agent' }),
    nodeName: 'n1',
    namespace: 'forehold-pulls',
    ownPodName,
    priorityClassName: undefined,
    clock: openSystemClock(100),
    random: () => 0,
    log: openLog('test', 'silent'),
  });
  return { server, kube };
}

describe('NodeKube.createPod', () => {
  test('posts the pull pod and returns it as the API server admitted it', async () => {
    const { kube, server } = await open((_request, response, body) => {
      const pod: Pod = JSON.parse(body);
      const [container] = pod.spec.containers;
      const image = `mirror.example/${container?.image}`;
      const metadata = { ...pod.metadata, uid: 'p1', creationTimestamp: '2026-11-21T12:00:00Z' };
      const spec = { ...pod.spec, containers: [{ name: 'pull', image }] };
      answerJson(response, 201, { ...pod, metadata, spec });
    });
    const answer = await kube.createPod(offer, nodeUid, signal);
    expect(server.requests).toEqual(['POST /api/v1/namespaces/forehold-pulls/pods']);
    expect(answer).toMatchObject({
      kind: 'created',
      pod: {
        uid: 'p1',
        lease: { leaseId: '1-1', pair: offer.pair },
        image: 'mirror.example/registry.example/app1:1',
        createdAtMs: Date.UTC(2026, 10, 21, 12),
        reading: { kind: 'pulling' },
      },
    });
  });

  test.for([
    [409, 'AlreadyExists', { kind: 'exists' }],
    [403, 'Forbidden', { kind: 'refused', message: "Forbidden in the server's words" }],
    [422, 'Invalid', { kind: 'refused' }],
    [400, 'BadRequest', { kind: 'refused' }],
    [404, 'NotFound', { kind: 'refused' }],
    [401, 'Unauthorized', { kind: 'failed' }],
    [429, 'TooManyRequests', { kind: 'failed' }],
    [500, 'InternalError', { kind: 'failed' }],
    [504, 'Timeout', { kind: 'failed' }],
  ] as const)('%i %s', async ([status, reason, expected]) => {
    const { kube } = await open((_request, response) => answerStatus(response, status, reason));
    expect(await kube.createPod(offer, nodeUid, signal)).toMatchObject(expected);
  });

  test('does not know what became of a request without an answer', async () => {
    const { kube } = await open((request) => request.socket.destroy());
    expect(await kube.createPod(offer, nodeUid, signal)).toMatchObject({ kind: 'failed' });
  });

  test('throws when it is stopped', async () => {
    const { kube } = await open(() => undefined);
    const reason = new Error('stopped');
    const stopped = AbortSignal.abort(reason);
    await expect(kube.createPod(offer, nodeUid, stopped)).rejects.toBe(reason);
  });
});

describe('NodeKube.learnDaemonSet', () => {
  const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agents', uid: 'd1' };
  const ownPod: Pod = {
    metadata: { name: 'agents-x', ownerReferences: [{ ...daemonSet, controller: true }] },
    spec: { containers: [] },
  };

  async function owners(answer: Answer, ownPodName?: string): Promise<readonly string[]> {
    let created: Pod | undefined;
    const { kube } = await open((request, response, body) => {
      if (request.method === 'GET') return answer(request, response, body);
      const pod: Pod = JSON.parse(body);
      created = pod;
      answerJson(response, 201, { ...pod, metadata: { ...pod.metadata, uid: 'p1' } });
    }, ownPodName);
    await kube.learnDaemonSet(signal);
    await kube.createPod(offer, nodeUid, signal);
    return (created?.metadata.ownerReferences ?? []).map(
      ({ kind, name, controller }) => `${kind} ${name} ${controller}`,
    );
  }

  test("names the DaemonSet of the agent's own pod as an owner, not as the controller", async () => {
    const found = await owners(
      (_request, response) => answerJson(response, 200, ownPod),
      'agents-x',
    );
    expect(found).toEqual(['Node n1 true', 'DaemonSet agents false']);
  });

  test('asks again when the API server is busy', async () => {
    let requests = 0;
    const found = await owners((_request, response) => {
      requests += 1;
      if (requests < 3) answerStatus(response, 503, 'ServiceUnavailable');
      else answerJson(response, 200, ownPod);
    }, 'agents-x');
    expect(found).toHaveLength(2);
  });

  test.for([
    [403, 1],
    [404, 1],
    [500, 4],
  ] as const)('does without when the answer is %i, after %i requests', async ([status, most]) => {
    let requests = 0;
    const found = await owners((_request, response) => {
      requests += 1;
      answerStatus(response, status, 'No');
    }, 'agents-x');
    expect(found).toEqual(['Node n1 true']);
    expect(requests).toBe(most);
  });

  test('asks nothing outside a cluster', async () => {
    const found = await owners(() => expect.unreachable());
    expect(found).toEqual(['Node n1 true']);
  });
});

describe('NodeKube.watchNode', () => {
  test('needs no list: the watch begins with the node as it is', async () => {
    const stopping = new AbortController();
    const seen: string[] = [];
    const { kube, server } = await open((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const object = { metadata: { name: 'n1', uid: nodeUid, resourceVersion: '7' } };
      response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
    });
    await kube.watchNode((event) => {
      seen.push(event.kind);
      stopping.abort(new Error('test over'));
    }, stopping.signal);
    expect(seen).toEqual(['seen']);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatch(
      /^GET \/api\/v1\/nodes\?.*fieldSelector=metadata\.name%3Dn1.*resourceVersion=0&/,
    );
  });
});

describe('NodeKube.lookUpPod', () => {
  test.for([
    [404, 'NotFound', 'missing'],
    [503, 'ServiceUnavailable', 'failed'],
    [403, 'Forbidden', 'failed'],
  ] as const)('%i %s is %s', async ([status, reason, kind]) => {
    const { kube } = await open((_request, response) => answerStatus(response, status, reason));
    expect(await kube.lookUpPod('pull-1', signal)).toMatchObject({ kind });
  });

  test('finds a pod', async () => {
    const pod = buildPullPod(offer, { name: 'n1', uid: nodeUid }, { namespace: 'forehold-pulls' });
    const { kube } = await open((_request, response) => answerJson(response, 200, pod));
    expect(await kube.lookUpPod('pull-1', signal)).toMatchObject({
      kind: 'found',
      pod: { name: offer.podName, lease: { leaseId: '1-1' } },
    });
  });
});

describe('NodeKube.deletePod', () => {
  test('deletes gracefully and only the pod with this uid', async () => {
    const bodies: unknown[] = [];
    const { kube, server } = await open((_request, response, body) => {
      bodies.push(JSON.parse(body));
      answerJson(response, 200, {});
    });
    const deletion = { podName: 'pull-1', podUid: 'p1', force: false };
    expect(await kube.deletePod(deletion, signal)).toBe('accepted');
    expect(server.requests).toEqual(['DELETE /api/v1/namespaces/forehold-pulls/pods/pull-1']);
    expect(await kube.deletePod({ ...deletion, force: true }, signal)).toBe('accepted');
    expect(bodies).toMatchObject([
      { gracePeriodSeconds: 1, preconditions: { uid: 'p1' } },
      { gracePeriodSeconds: 0, preconditions: { uid: 'p1' } },
    ]);
  });

  test.for([
    [404, 'NotFound', 'missing'],
    [409, 'Conflict', 'missing'],
    [500, 'InternalError', 'failed'],
    [403, 'Forbidden', 'failed'],
  ] as const)('%i %s is %s', async ([status, reason, answer]) => {
    const { kube } = await open((_request, response) => answerStatus(response, status, reason));
    const deletion = { podName: 'pull-1', podUid: 'p1', force: false };
    expect(await kube.deletePod(deletion, signal)).toBe(answer);
  });
});
