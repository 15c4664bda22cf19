// What the API server says of tokens and rights: the coordinator believes nobody but it.

import { describe, expect, test } from 'vitest';
import type { KubeObject, Node, Pod } from '../../../shared/kube-types.ts';
import { apiGroup } from '../../../shared/names.ts';
import { nowhere, type Workbench } from '../workbench.ts';

const audience = 'forehold-conformance';
const prefix = 'authentication.kubernetes.io';
const rbacPath = '/apis/rbac.authorization.k8s.io/v1';
// The API server remembers for ten seconds that a token was good.
const forgottenMs = 20_000;

interface TokenReview {
  readonly status: {
    readonly authenticated?: boolean;
    readonly error?: string;
    readonly audiences?: readonly string[];
    readonly user?: {
      readonly username?: string;
      readonly uid?: string;
      readonly groups?: readonly string[];
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
}

interface TokenRequest {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

async function createAccount(bench: Workbench): Promise<KubeObject> {
  const name = bench.name();
  const path = `/api/v1/namespaces/${bench.cluster.pullNamespace}/serviceaccounts`;
  bench.discard(`${path}/${name}`);
  return bench.request({ method: 'POST', path, body: { metadata: { name } } });
}

function requestFor(bench: Workbench, account: KubeObject, spec: object) {
  const { name } = account.metadata;
  const namespace = bench.cluster.pullNamespace;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  return { method: 'POST', path, body: { spec: { audiences: [audience], ...spec } } } as const;
}

async function tokenOf(bench: Workbench, account: KubeObject, spec: object): Promise<string> {
  const answer = await bench.request<TokenRequest>(requestFor(bench, account, spec));
  return answer.status.token;
}

async function review(bench: Workbench, token: string, audiences: readonly string[] = [audience]) {
  const path = '/apis/authentication.k8s.io/v1/tokenreviews';
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, audiences },
  };
  return (await bench.request<TokenReview>({ method: 'POST', path, body })).status;
}

async function createPodOf(bench: Workbench, account: KubeObject, node: string): Promise<Pod> {
  const image = node === nowhere ? 'a.example/b:1' : await bench.presentImage();
  const pod = bench.buildPod({ image, node });
  const serviceAccountName = account.metadata.name;
  return bench.createPod({ ...pod, spec: { ...pod.spec, serviceAccountName } });
}

function bindingTo(kind: 'Pod' | 'Node', { metadata }: KubeObject): object {
  return { boundObjectRef: { kind, apiVersion: 'v1', name: metadata.name, uid: metadata.uid } };
}

export function describeReviewCases(open: () => Workbench): void {
  describe('token reviews', () => {
    test('a token bound to a pod tells account, pod and node', async () => {
      const bench = open();
      const account = await createAccount(bench);
      const pod = await createPodOf(bench, account, bench.node(0));
      const path = `/api/v1/nodes/${bench.node(0)}`;
      const node = await bench.request<Node>({ method: 'GET', path });
      const token = await tokenOf(bench, account, bindingTo('Pod', pod));
      const status = await review(bench, token, [audience, 'another']);
      const namespace = bench.cluster.pullNamespace;
      expect(status).toMatchObject({
        authenticated: true,
        audiences: [audience],
        user: {
          username: `system:serviceaccount:${namespace}:${account.metadata.name}`,
          uid: account.metadata.uid,
          groups: expect.arrayContaining([
            'system:serviceaccounts',
            `system:serviceaccounts:${namespace}`,
            'system:authenticated',
          ]),
        },
      });
      expect(status.user?.extra).toEqual({
        [`${prefix}/credential-id`]: [expect.stringMatching(/^JTI=[0-9a-f-]{36}$/)],
        [`${prefix}/node-name`]: [bench.node(0)],
        [`${prefix}/node-uid`]: [node.metadata.uid],
        [`${prefix}/pod-name`]: [pod.metadata.name],
        [`${prefix}/pod-uid`]: [pod.metadata.uid],
      });
    });

    test('a token is a JSON web token that says its audiences, account, node and end', async () => {
      const bench = open();
      const account = await createAccount(bench);
      const pod = await createPodOf(bench, account, bench.node(0));
      const token = await tokenOf(bench, account, {
        ...bindingTo('Pod', pod),
        expirationSeconds: 600,
      });
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      expect(claims).toMatchObject({
        aud: [audience],
        sub: `system:serviceaccount:${bench.cluster.pullNamespace}:${account.metadata.name}`,
        'kubernetes.io': {
          node: { name: bench.node(0), uid: expect.any(String) },
          pod: { name: pod.metadata.name, uid: pod.metadata.uid },
        },
      });
      expect(claims.exp - claims.iat).toBe(600);
      expect(Math.abs(claims.iat * 1_000 - bench.cluster.nowMs())).toBeLessThan(60_000);
    });

    test('a pod on a node that does not exist gives no uid of a node', async () => {
      const bench = open();
      const account = await createAccount(bench);
      const pod = await createPodOf(bench, account, nowhere);
      const token = await tokenOf(bench, account, bindingTo('Pod', pod));
      const extra = (await review(bench, token)).user?.extra;
      expect(extra?.[`${prefix}/node-name`]).toEqual([nowhere]);
      expect(extra?.[`${prefix}/node-uid`]).toBeUndefined();
    });

    test('a token bound to a node tells the node', async () => {
      const bench = open();
      const account = await createAccount(bench);
      const path = `/api/v1/nodes/${bench.node(1)}`;
      const node = await bench.request<Node>({ method: 'GET', path });
      const token = await tokenOf(bench, account, bindingTo('Node', node));
      const extra = (await review(bench, token)).user?.extra;
      expect(extra?.[`${prefix}/node-name`]).toEqual([bench.node(1)]);
      expect(extra?.[`${prefix}/node-uid`]).toEqual([node.metadata.uid]);
      expect(extra?.[`${prefix}/pod-name`]).toBeUndefined();
    });

    test('a token bound to nothing tells no node', async () => {
      const bench = open();
      const token = await tokenOf(bench, await createAccount(bench), {});
      const { authenticated, user } = await review(bench, token);
      expect(authenticated).toBe(true);
      expect(user?.extra?.[`${prefix}/node-name`]).toBeUndefined();
    });

    test('another audience, and none, is not authenticated, and the status says why', async () => {
      const bench = open();
      const token = await tokenOf(bench, await createAccount(bench), {});
      for (const audiences of [['another'], []]) {
        const { authenticated, error, user } = await review(bench, token, audiences);
        expect(authenticated ?? false).toBe(false);
        expect(user?.username).toBeUndefined();
        expect(error).toContain('is invalid for the target audiences');
      }
    });

    test('a spoilt token and no token at all are not authenticated', async () => {
      const bench = open();
      const token = await tokenOf(bench, await createAccount(bench), {});
      const [header, payload] = token.split('.');
      for (const spoilt of [`${header}.${payload}.${'A'.repeat(342)}`, 'garbage', 'a.b.c']) {
        const { authenticated, error } = await review(bench, spoilt);
        expect(authenticated ?? false).toBe(false);
        expect(error).toContain('invalid bearer token');
      }
    });

    test('a token ends with its pod', async () => {
      const bench = open();
      const account = await createAccount(bench);
      const pod = await createPodOf(bench, account, nowhere);
      const token = await tokenOf(bench, account, bindingTo('Pod', pod));
      expect(await review(bench, token)).toMatchObject({ authenticated: true });
      await bench.deletePod(pod.metadata.name, 0);
      await bench.eventually(forgottenMs, async () => {
        const { authenticated, error } = await review(bench, token);
        expect(authenticated ?? false).toBe(false);
        expect(error).toContain('has been invalidated');
      });
    });

    test('a token ends with its account', async () => {
      const bench = open();
      const account = await createAccount(bench);
      const token = await tokenOf(bench, account, {});
      const { name } = account.metadata;
      const namespace = bench.cluster.pullNamespace;
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
      await bench.request({ method: 'DELETE', path });
      await bench.eventually(forgottenMs, async () => {
        expect((await review(bench, token)).authenticated ?? false).toBe(false);
      });
    });
  });

  describe('token requests', () => {
    test('less than ten minutes is refused', async () => {
      const bench = open();
      const account = await createAccount(bench);
      const request = requestFor(bench, account, { expirationSeconds: 599 });
      const refusal = await bench.refusal(request);
      expect(refusal).toMatchObject({ status: 422, reason: 'Invalid' });
      expect(refusal.serverMessage).toContain('may not specify a duration less than 10 minutes');
    });

    test('a pod of another account, another uid or no name is refused', async () => {
      const bench = open();
      const account = await createAccount(bench);
      const pod = await createPodOf(bench, account, nowhere);
      const foreign = await createPodOf(bench, await createAccount(bench), nowhere);
      const ask = (metadata: KubeObject['metadata']) =>
        bench.refusal(requestFor(bench, account, bindingTo('Pod', { metadata })));
      const uid = '00000000-0000-4000-8000-000000000000';
      expect(await ask(foreign.metadata)).toMatchObject({ status: 400 });
      expect(await ask({ ...foreign.metadata, uid })).toMatchObject({ status: 400 });
      expect(await ask({ ...pod.metadata, uid })).toMatchObject({ status: 409 });
      expect(await ask({ ...pod.metadata, name: 'nothing' })).toMatchObject({ status: 404 });
    });
  });

  describe('access reviews', () => {
    test('a ClusterRole on things that only the coordinator has decides', async () => {
      const bench = open();
      const account = await createAccount(bench);
      const name = bench.name();
      const rules = [{ apiGroups: [apiGroup], resources: ['limits'], verbs: ['get', 'list'] }];
      const namespace = bench.cluster.pullNamespace;
      const subject = { kind: 'ServiceAccount', namespace, name: account.metadata.name };
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
      for (const [resource, body] of [
        ['clusterroles', { metadata: { name }, rules }],
        ['clusterrolebindings', { metadata: { name }, roleRef, subjects: [subject] }],
      ] as const) {
        bench.discard(`${rbacPath}/${resource}/${name}`);
        await bench.request({ method: 'POST', path: `${rbacPath}/${resource}`, body });
      }
      const user = `system:serviceaccount:${namespace}:${account.metadata.name}`;
      const isAllowed = async (spec: object): Promise<boolean> => {
        const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
        const body = { spec: { user, groups: ['system:authenticated'], ...spec } };
        const answer = await bench.request<AccessReview>({ method: 'POST', path, body });
        return answer.status.allowed;
      };
      const wanted = { group: apiGroup, resource: 'limits', verb: 'list' };
      await bench.eventually(10_000, async () => {
        expect(await isAllowed({ resourceAttributes: wanted })).toBe(true);
      });
      for (const change of [{ verb: 'delete' }, { resource: 'leases' }, { group: '' }])
        expect(await isAllowed({ resourceAttributes: { ...wanted, ...change } })).toBe(false);
      expect(await isAllowed({ user: 'nobody', resourceAttributes: wanted })).toBe(false);
    });

    test('without attributes and without a user it is refused', async () => {
      const bench = open();
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      for (const spec of [{ user: 'a' }, { resourceAttributes: { verb: 'get' } }]) {
        const refusal = await bench.refusal({ method: 'POST', path, body: { spec } });
        expect(refusal).toMatchObject({ status: 422, reason: 'Invalid' });
      }
    });
  });
}

interface AccessReview extends KubeObject {
  readonly status: { readonly allowed: boolean };
}
