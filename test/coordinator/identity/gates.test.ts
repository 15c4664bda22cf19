// What the gates make of answers that no sound API server gives for such a token, and of methods that nobody described.

import { describe, expect, test } from 'vitest';
import { openIdentity } from '../../../coordinator/identity/identity.ts';
import { openCoordinatorMetrics } from '../../../coordinator/metrics.ts';
import { audiences } from '../../../shared/names.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { FakeKube } from '../fake-kube.ts';
import { helloOf, openTestLog } from '../stand.ts';
import { bearerOf, extraPrefix, makeToken, vouchFor } from './tokens.ts';

function open() {
  const clock = new VirtualClock();
  const kube = new FakeKube();
  const { log } = openTestLog();
  const metrics = openCoordinatorMetrics(() => undefined);
  const pullNamespace = 'forehold-pulls';
  const agentServiceAccount = 'forehold-agent';
  const options = { kube, clock, log, metrics, pullNamespace, agentServiceAccount };
  const expiresAtMs = clock.now().wallMs + 3_600_000;
  return { kube, expiresAtMs, ...openIdentity(options) };
}

describe('AgentGate', () => {
  const extra = (fields: object): object => ({
    ...vouchFor(),
    user: { username: 'system:serviceaccount:forehold-pulls:forehold-agent', extra: fields },
  });

  test.for<[what: string, status: object, reason: string]>([
    ['another node', vouchFor({ node: 'n2' }), 'WrongNode'],
    ['another uid', vouchFor({ nodeUid: 'u2' }), 'WrongNode'],
    ['another account', vouchFor({ username: 'system:node:n1' }), 'WrongAccount'],
    ['no node', extra({}), 'NoNodeClaim'],
    ['a node without uid', extra({ [`${extraPrefix}/node-name`]: ['n1'] }), 'NoNodeClaim'],
    [
      'two nodes',
      extra({
        [`${extraPrefix}/node-name`]: ['n1', 'n2'],
        [`${extraPrefix}/node-uid`]: ['u1'],
      }),
      'NoNodeClaim',
    ],
  ])('goes by the answer: %s', async ([, status, reason]) => {
    const { kube, expiresAtMs, agents } = open();
    kube.answer = () => ({ status });
    // The token itself says nothing of a node.
    const bearer = bearerOf(makeToken({ expiresAtMs }));
    const admission = await agents.admit(bearer, helloOf('n1', 'u1'), 'peer');
    expect(admission).toMatchObject({ kind: 'refused', reason });
  });

  test('a token that names another node itself is refused without asking', async () => {
    const { kube, expiresAtMs, agents } = open();
    const bearer = bearerOf(makeToken({ expiresAtMs, node: { name: 'n2', uid: 'u2' } }));
    const admission = await agents.admit(bearer, helloOf('n1', 'u1'), 'peer');
    expect(admission).toMatchObject({ kind: 'refused', reason: 'WrongNode' });
    expect(kube.requests).toEqual([]);
  });
});

describe('CallerGate', () => {
  test('a method of which nobody said what it does may be called by nobody', async () => {
    const { kube, expiresAtMs, callers } = open();
    const audience = audiences.inspector;
    kube.answer = () => ({ status: { ...vouchFor({ audiences: [audience] }), allowed: true } });
    const authorization = [`Bearer ${makeToken({ expiresAtMs, audience })}`];
    const call = { authorization, peer: 'peer', method: 'NewMethod' };
    const access = { resource: 'leases', verb: 'list' } as const;
    await expect(callers.admit({ ...call, access })).resolves.toMatchObject({ uid: 'account-uid' });
    await expect(callers.admit({ ...call, access: undefined })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: 'NotPermitted: nobody may call this method',
    });
  });
});
