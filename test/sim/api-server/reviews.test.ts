// Tokens, reviews and rights of the embedded API server. What the real one says to the same is test/conformance's.

import { describe, expect, test } from 'vitest';
import { at, type Bench, nodeObject, nodesPath, openBench, pod, podsPath } from './workbench.ts';

const accountsPath = '/api/v1/namespaces/pulls/serviceaccounts';
const tokenPath = `${accountsPath}/agent/token`;
const reviewPath = '/apis/authentication.k8s.io/v1/tokenreviews';
const accessPath = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const username = 'system:serviceaccount:pulls:agent';
const extra = 'authentication.kubernetes.io';

function openWithAgent(): Bench {
  const bench = openBench();
  bench.ask('POST', accountsPath, { metadata: { name: 'agent' } });
  bench.ask('POST', nodesPath, nodeObject('n1'));
  bench.ask('POST', podsPath, pod('agent-1', { serviceAccountName: 'agent' }));
  return bench;
}

function tokenOf(bench: Bench, spec: object): string {
  const answer = bench.ask('POST', tokenPath, { spec });
  expect(answer.code).toBe(201);
  return String(at(answer.body, 'status.token'));
}

const boundToPod = { kind: 'Pod', apiVersion: 'v1', name: 'agent-1' };
const session = { audiences: ['forehold-session'], boundObjectRef: boundToPod };

function review(bench: Bench, token: string, audiences: readonly string[] = ['forehold-session']) {
  const answer = bench.ask('POST', reviewPath, { spec: { token, audiences } });
  expect(answer.code).toBe(201);
  return at(answer.body, 'status');
}

describe('AccountTokens', () => {
  test('a token bound to a pod tells its pod and its node', () => {
    const bench = openWithAgent();
    const podUid = at(bench.ask('GET', `${podsPath}/agent-1`).body, 'metadata.uid');
    const nodeUid = at(bench.ask('GET', `${nodesPath}/n1`).body, 'metadata.uid');
    const status = review(bench, tokenOf(bench, session));
    expect(status).toMatchObject({ authenticated: true, audiences: ['forehold-session'] });
    expect(at(status, 'user.username')).toBe(username);
    expect(at(status, 'user.groups')).toContain('system:serviceaccounts:pulls');
    expect(at(status, 'user.extra')).toEqual({
      [`${extra}/credential-id`]: [expect.stringMatching(/^JTI=[0-9a-f-]{36}$/)],
      [`${extra}/node-name`]: ['n1'],
      [`${extra}/node-uid`]: [nodeUid],
      [`${extra}/pod-name`]: ['agent-1'],
      [`${extra}/pod-uid`]: [podUid],
    });
  });

  test('of several audiences those in common are told', () => {
    const bench = openWithAgent();
    const token = tokenOf(bench, { audiences: ['a', 'b'] });
    expect(review(bench, token, ['b', 'c'])).toMatchObject({ audiences: ['b'] });
  });

  test('a token bound to a node tells the node and no pod', () => {
    const bench = openWithAgent();
    const boundObjectRef = { kind: 'Node', apiVersion: 'v1', name: 'n1' };
    const token = tokenOf(bench, { ...session, boundObjectRef });
    const status = review(bench, token);
    expect(Object.keys(Object(at(status, 'user.extra')))).toEqual([
      `${extra}/credential-id`,
      `${extra}/node-name`,
      `${extra}/node-uid`,
    ]);
    bench.ask('DELETE', `${nodesPath}/n1`);
    expect(review(bench, token)).toEqual({
      user: {},
      error: '[invalid bearer token, service account token has been invalidated]',
    });
  });

  test.for<
    [what: string, spoil: (bench: Bench, token: string) => string | Promise<string>, why: string]
  >([
    ['another audience', (bench) => tokenOf(bench, {}), 'is invalid for the target audiences'],
    ['a changed signature', (_, token) => `${token.slice(0, -4)}AAAA`, 'invalid bearer token'],
    ['no token at all', () => 'garbage', 'invalid bearer token'],
    [
      'a deleted pod',
      (bench, token) => {
        bench.ask('DELETE', `${podsPath}/agent-1`, { gracePeriodSeconds: 0 });
        return token;
      },
      'has been invalidated',
    ],
    [
      'a pod deleted for more than a minute that is still there',
      async (bench, token) => {
        bench.ask('DELETE', `${podsPath}/agent-1`, { gracePeriodSeconds: 1 });
        await bench.clock.advance(70_000);
        return token;
      },
      'has been invalidated',
    ],
    [
      'a pod of the same name with another uid',
      (bench, token) => {
        bench.ask('DELETE', `${podsPath}/agent-1`, { gracePeriodSeconds: 0 });
        bench.ask('POST', podsPath, pod('agent-1', { serviceAccountName: 'agent' }));
        return token;
      },
      'has been invalidated',
    ],
    [
      'a deleted account',
      (bench, token) => {
        bench.ask('DELETE', `${accountsPath}/agent`);
        return token;
      },
      'serviceaccounts "agent" not found',
    ],
    [
      'an end more than a minute ago',
      async (bench, token) => {
        await bench.clock.advance(3_600_000 + 61_000);
        return token;
      },
      'has expired',
    ],
  ])('%s is not authenticated, and the status says why', async ([, spoil, why]) => {
    const bench = openWithAgent();
    const status = review(bench, await spoil(bench, tokenOf(bench, session)));
    expect(status).toEqual({ user: {}, error: expect.stringContaining(why) });
  });

  test('an end less than a minute ago is forgiven, as go-jose does', async () => {
    const bench = openWithAgent();
    const token = tokenOf(bench, session);
    await bench.clock.advance(3_600_000 + 59_000);
    expect(review(bench, token)).toMatchObject({ authenticated: true });
  });
});

describe('answerTokenRequest', () => {
  test.for<[what: string, spec: object, code: number, words: string]>([
    ['nine minutes', { expirationSeconds: 540 }, 422, 'may not specify a duration less than 10'],
    [
      'a pod that is not there',
      { boundObjectRef: { ...boundToPod, name: 'no' } },
      404,
      'pods "no"',
    ],
    ['a pod of another uid', { boundObjectRef: { ...boundToPod, uid: 'x' } }, 409, 'the UID'],
    [
      'a pod of another account',
      { boundObjectRef: { ...boundToPod, name: 'other' } },
      400,
      'pod running with different serviceaccount',
    ],
    [
      'a secret',
      { boundObjectRef: { ...boundToPod, kind: 'ConfigMap' } },
      400,
      'cannot bind token',
    ],
  ])('%s is refused', ([, spec, code, words]) => {
    const bench = openWithAgent();
    bench.ask('POST', podsPath, pod('other'));
    const answer = bench.ask('POST', tokenPath, { spec });
    expect(answer.code).toBe(code);
    expect(at(answer.body, 'message')).toContain(words);
  });

  test('an account that is not there is not found', () => {
    const bench = openBench();
    expect(bench.ask('POST', tokenPath, {}).code).toBe(404);
  });

  test('nothing but POST is allowed', () => {
    expect(openWithAgent().ask('GET', tokenPath).code).toBe(405);
  });
});

const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/pulls/roles';
const roleBindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/pulls/rolebindings';

function allowPods(bench: Bench, rule: object): void {
  bench.ask('POST', roles, { metadata: { name: 'r' }, rules: [{ apiGroups: [''], ...rule }] });
  bench.ask('POST', roleBindings, {
    metadata: { name: 'b' },
    roleRef: { kind: 'Role', name: 'r' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'pulls', name: 'agent' }],
  });
}

describe('findPermission', () => {
  const asked = { namespace: 'pulls', verb: 'get', resource: 'pods', name: 'p' };
  test.for<[what: string, rule: object, change: object, allowed: boolean]>([
    ['the verb', { verbs: ['get'], resources: ['pods'] }, {}, true],
    ['every verb', { verbs: ['*'], resources: ['*'] }, {}, true],
    ['another verb', { verbs: ['list'], resources: ['pods'] }, {}, false],
    ['another group', { verbs: ['get'], resources: ['pods'] }, { group: 'x' }, false],
    ['another namespace', { verbs: ['get'], resources: ['pods'] }, { namespace: 'x' }, false],
    ['the name', { verbs: ['get'], resources: ['pods'], resourceNames: ['p'] }, {}, true],
    ['another name', { verbs: ['get'], resources: ['pods'], resourceNames: ['q'] }, {}, false],
    ['a subresource', { verbs: ['get'], resources: ['pods'] }, { subresource: 'exec' }, false],
    [
      'that subresource',
      { verbs: ['get'], resources: ['pods/exec'] },
      { subresource: 'exec' },
      true,
    ],
  ])('a rule for %s decides', ([, rule, change, allowed]) => {
    const bench = openWithAgent();
    allowPods(bench, rule);
    const spec = { user: username, groups: [], resourceAttributes: { ...asked, ...change } };
    const answer = bench.ask('POST', accessPath, { spec });
    expect(answer.code).toBe(201);
    expect(at(answer.body, 'status.allowed')).toBe(allowed);
  });

  test('somebody else is not allowed what an account is', () => {
    const bench = openWithAgent();
    allowPods(bench, { verbs: ['get'], resources: ['pods'] });
    const spec = { user: 'system:serviceaccount:pulls:default', resourceAttributes: asked };
    expect(at(bench.ask('POST', accessPath, { spec }).body, 'status.allowed')).toBe(false);
  });

  test.for([{ resourceAttributes: asked }, { user: 'a' }])('a review of %j is refused', (spec) => {
    expect(openWithAgent().ask('POST', accessPath, { spec }).code).toBe(422);
  });
});

describe('authenticate', () => {
  const askWith = (bench: Bench, token: string, url: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = bench.server.dispatch({ method: 'GET', url, headers, body: '' });
    return response.kind === 'document' ? response.code : 200;
  };

  test('a token of the API server is held to its rights', () => {
    const bench = openWithAgent();
    allowPods(bench, { verbs: ['get', 'list'], resources: ['pods'] });
    const token = tokenOf(bench, {});
    expect(askWith(bench, token, podsPath)).toBe(200);
    expect(askWith(bench, token, nodesPath)).toBe(403);
    expect(askWith(bench, token, '/api/v1/pods')).toBe(403);
  });

  test('a token for somebody else is no token for the API server', () => {
    const bench = openWithAgent();
    expect(askWith(bench, tokenOf(bench, session), podsPath)).toBe(401);
    expect(askWith(bench, 'garbage', podsPath)).toBe(401);
  });
});
