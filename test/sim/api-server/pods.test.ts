import { describe, expect, test } from 'vitest';
import { OwnerGc } from '../../../sim/api-server/owner-gc.ts';
import {
  at,
  type Bench,
  mergePatch,
  nodeObject,
  nodesPath,
  openBench,
  pod,
  podsPath,
  startText,
} from './workbench.ts';

const pulls = { labels: { 'app.kubernetes.io/managed-by': 'forehold' } };

describe('a new pod', () => {
  test('is Pending and has the defaults of a real one', () => {
    const { code, body } = openBench().ask('POST', podsPath, {
      ...pod('a'),
      status: { phase: 'Running' },
    });
    expect(code).toBe(201);
    expect(body['status']).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
    expect(body['metadata']).toMatchObject({ namespace: 'pulls', generation: 1 });
    expect(body['spec']).toMatchObject({
      nodeName: 'n1',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      enableServiceLinks: true,
      serviceAccountName: 'default',
      containers: [{ name: 'pull', image: 'nginx:1.27', imagePullPolicy: 'IfNotPresent' }],
      tolerations: [
        {
          key: 'node.kubernetes.io/not-ready',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        },
        {
          key: 'node.kubernetes.io/unreachable',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        },
      ],
    });
  });

  test('keeps what it says itself', () => {
    const spec = {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
    };
    const { body } = openBench().ask('POST', podsPath, pod('a', spec));
    expect(body['spec']).toMatchObject(spec);
    expect(at(body, 'spec.tolerations')).toHaveLength(1);
  });

  test.for([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1', 'IfNotPresent'],
    ['host:5000/nginx', 'Always'],
    [`nginx@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('of the image %s is pulled %s', ([image, policy]) => {
    const containers = [{ name: 'c', image }];
    const { body } = openBench().ask('POST', podsPath, pod('a', { containers }));
    expect(at(body, 'spec.containers.0.imagePullPolicy')).toBe(policy);
  });

  test.for([
    ['no containers', { containers: [] }, 422, 'spec.containers: Required value'],
    [
      'a container without name and image',
      { containers: [{}] },
      422,
      '[spec.containers[0].name: Required value, spec.containers[0].image: Required value]',
    ],
    ['containers that are no list', { containers: 'x' }, 400, 'cannot be handled as a Pod'],
    ['a node name that is none', { nodeName: 'N 1' }, 422, 'spec.nodeName: Invalid value: "N 1"'],
  ] as const)('with %s is refused', ([, spec, code, message]) => {
    const answer = openBench().ask('POST', podsPath, pod('a', spec));
    expect(answer.code).toBe(code);
    expect(answer.body['message']).toContain(message);
  });

  test('may change its image and deadline, and nothing else', () => {
    const bench = openBench();
    bench.ask('POST', podsPath, pod('a'));
    const deadline = bench.ask(
      'PATCH',
      `${podsPath}/a`,
      { spec: { activeDeadlineSeconds: 5 } },
      mergePatch,
    );
    expect([deadline.code, at(deadline.body, 'metadata.generation')]).toEqual([200, 2]);
    const moved = bench.ask('PATCH', `${podsPath}/a`, { spec: { nodeName: 'n2' } }, mergePatch);
    expect([moved.code, moved.body['reason']]).toEqual([422, 'Invalid']);
    expect(moved.body['message']).toContain('pod updates may not change fields other than');
  });
});

describe('admitPullPod', () => {
  const withNotAfter = (notAfter: string) => ({
    ...pulls,
    annotations: { 'forehold.dev/not-after': notAfter },
  });
  const create = async (bench: Bench, metadata: object, path = podsPath) => {
    await bench.clock.advance(10_900);
    return bench.ask('POST', path, pod('a', {}, metadata));
  };

  test.for([
    ['no not-after', pulls, 'a pull pod needs the annotation forehold.dev/not-after'],
    [
      'a not-after that is past',
      withNotAfter('2026-01-01T00:00:09.999Z'),
      'pull pod is created after its forehold.dev/not-after, 2026-01-01T00:00:09.999Z',
    ],
    ['a not-after that is no time', withNotAfter('junk'), 'junk'],
  ] as const)('refuses a pull pod with %s', async ([, metadata, why]) => {
    const { code, body } = await create(openBench(), metadata);
    expect([code, body['reason']]).toEqual([422, 'Invalid']);
    expect(body['message']).toContain(
      `pods "a" is forbidden: ValidatingAdmissionPolicy 'forehold-not-after' with binding 'forehold-not-after' denied request: `,
    );
    expect(body['message']).toContain(why);
  });

  test.for([
    ['in time', withNotAfter('2026-01-01T00:00:11Z')],
    [
      'in the second of its not-after, as creation times have whole seconds',
      withNotAfter('2026-01-01T00:00:10Z'),
    ],
    ['of somebody else', {}],
  ] as const)('admits a pod %s', async ([, metadata]) => {
    const { code, body } = await create(openBench(), metadata);
    expect([code, at(body, 'metadata.creationTimestamp')]).toEqual([201, '2026-01-01T00:00:10Z']);
  });

  test('minds the pull namespace only', async () => {
    const bench = openBench();
    bench.store.create('namespaces', { metadata: { name: 'other' } });
    const { code } = await create(bench, pulls, '/api/v1/namespaces/other/pods');
    expect(code).toBe(201);
  });

  test('looks at the fence before the name', async () => {
    const bench = openBench();
    bench.ask('POST', podsPath, pod('a', {}, withNotAfter(startText)));
    const { code } = await create(bench, withNotAfter(startText));
    expect(code).toBe(422);
  });
});

describe('a pod that is deleted', () => {
  test('stays Terminating until it is deleted with grace 0', () => {
    const bench = openBench();
    bench.ask('POST', podsPath, pod('a'));
    const { code, body } = bench.ask('DELETE', `${podsPath}/a`, { gracePeriodSeconds: 1 });
    expect(code).toBe(200);
    expect(body).toMatchObject({
      kind: 'Pod',
      metadata: {
        deletionGracePeriodSeconds: 1,
        deletionTimestamp: '2026-01-01T00:00:01Z',
        generation: 2,
      },
    });
    expect(bench.ask('POST', podsPath, pod('a')).code).toBe(409);
    expect(bench.ask('DELETE', `${podsPath}/a?gracePeriodSeconds=0`).body['kind']).toBe('Pod');
    expect(bench.ask('GET', `${podsPath}/a`).code).toBe(404);
  });

  test('goes at once when it has ended', () => {
    const bench = openBench();
    bench.ask('POST', podsPath, pod('a'));
    bench.ask('PATCH', `${podsPath}/a/status`, { status: { phase: 'Succeeded' } }, mergePatch);
    bench.ask('DELETE', `${podsPath}/a`, { gracePeriodSeconds: 30 });
    expect(bench.ask('GET', `${podsPath}/a`).code).toBe(404);
  });
});

describe('OwnerGc', () => {
  const owner = (uid: unknown, name = 'n1') => ({
    apiVersion: 'v1',
    kind: 'Node',
    name,
    uid,
    controller: true,
  });
  const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'd' };
  const openOwned = () => {
    const bench = openBench();
    const uid = at(bench.ask('POST', nodesPath, nodeObject('n1')).body, 'metadata.uid');
    const gc = new OwnerGc(bench);
    gc.start();
    return { bench, gc, uid };
  };

  test('deletes the pods of a node that is gone, gracefully', async () => {
    const { bench, uid } = openOwned();
    bench.ask(
      'POST',
      podsPath,
      pod('a', { terminationGracePeriodSeconds: 1 }, { ownerReferences: [owner(uid)] }),
    );
    bench.ask('POST', podsPath, pod('b'));
    await bench.clock.advance(60_000);
    expect(
      at(bench.ask('GET', `${podsPath}/a`).body, 'metadata.deletionTimestamp'),
    ).toBeUndefined();
    bench.ask('DELETE', `${nodesPath}/n1`);
    await bench.clock.advance(1_000);
    expect(at(bench.ask('GET', `${podsPath}/a`).body, 'metadata.deletionGracePeriodSeconds')).toBe(
      1,
    );
    expect(
      at(bench.ask('GET', `${podsPath}/b`).body, 'metadata.deletionTimestamp'),
    ).toBeUndefined();
  });

  test('takes only the reference from a pod that has another owner', async () => {
    const { bench, uid } = openOwned();
    bench.ask('POST', podsPath, pod('a', {}, { ownerReferences: [owner(uid), daemonSet] }));
    bench.ask('DELETE', `${nodesPath}/n1`);
    await bench.clock.advance(1_000);
    const { body } = bench.ask('GET', `${podsPath}/a`);
    expect(at(body, 'metadata.ownerReferences')).toEqual([daemonSet]);
    expect(at(body, 'metadata.deletionTimestamp')).toBeUndefined();
  });

  test('deletes a pod whose owner is an older node of the same name', async () => {
    const { bench, gc } = openOwned();
    bench.ask('POST', podsPath, pod('a', {}, { ownerReferences: [owner('stale')] }));
    await bench.clock.advance(1_000);
    expect(at(bench.ask('GET', `${podsPath}/a`).body, 'metadata.deletionTimestamp')).toBeDefined();
    gc.stop();
    bench.ask('POST', podsPath, pod('b', {}, { ownerReferences: [owner('stale')] }));
    await bench.clock.advance(1_000);
    expect(
      at(bench.ask('GET', `${podsPath}/b`).body, 'metadata.deletionTimestamp'),
    ).toBeUndefined();
  });
});
