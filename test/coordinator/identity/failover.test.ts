// Five thousand agents at once, as after the loss of a leader: what that costs the API server, and how long it takes.

import { describe, expect, test } from 'vitest';
import { openIdentity } from '../../../coordinator/identity/identity.ts';
import { openCoordinatorMetrics } from '../../../coordinator/metrics.ts';
import { waitFor } from '../../../shared/clock.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { FakeKube } from '../fake-kube.ts';
import { helloOf, openTestLog } from '../stand.ts';
import { bearerOf, makeToken, vouchFor } from './tokens.ts';

const agents = 5_000;

async function admitAll(answerMs: number) {
  const clock = new VirtualClock();
  const kube = new FakeKube();
  const load = { underWay: 0, most: 0 };
  kube.answer = async ({ body }) => {
    load.underWay += 1;
    load.most = Math.max(load.most, load.underWay);
    await waitFor(clock, answerMs, new AbortController().signal);
    load.underWay -= 1;
    const [, node = ''] = /"token":"[^"]*\.([^".]*)"/.exec(JSON.stringify(body)) ?? [];
    return { status: vouchFor({ node, nodeUid: node }) };
  };
  const { log } = openTestLog();
  const metrics = openCoordinatorMetrics(() => undefined);
  const pullNamespace = 'forehold-pulls';
  const agentServiceAccount = 'forehold-agent';
  const options = { kube, clock, log, metrics, pullNamespace, agentServiceAccount };
  const { agents: gate } = openIdentity(options);
  const expiresAtMs = clock.now().wallMs + 3_600_000;
  const admissions = Array.from({ length: agents }, async (_, index) => {
    const uid = `u${index}`;
    // The signature tells the fake which node it is.
    const token = makeToken({ expiresAtMs, id: uid }).replace(/[^.]*$/, uid);
    const admission = await gate.admit(bearerOf(token), helloOf(uid, uid), `10.0.${index}`);
    return { ...admission, atMs: clock.now().monotonicMs };
  });
  await clock.advance(60_000);
  return { admissions: await Promise.all(admissions), kube, load };
}

describe('openIdentity', () => {
  // An idle API server answers within 3 ms, a busy one within 50.
  test.for<[answerMs: number, allWithinMs: number]>([
    [3, 1_000],
    [50, 16_000],
  ])('reviews that take %d ms let 5,000 agents back in within %d ms', async (row) => {
    const [answerMs, allWithinMs] = row;
    const { admissions, kube, load } = await admitAll(answerMs);
    expect(kube.requests).toHaveLength(agents);
    expect(load.most).toBe(16);
    expect(admissions.filter(({ kind }) => kind !== 'agent')).toEqual([]);
    expect(Math.max(...admissions.map(({ atMs }) => atMs))).toBeLessThanOrEqual(allWithinMs);
  });

  test('an API server that is too slow refuses those that waited for 20 s, to dial again', async () => {
    const { admissions, load } = await admitAll(100);
    const refused = admissions.filter(({ kind }) => kind === 'refused');
    expect(load.most).toBe(16);
    expect(refused.length).toBeGreaterThan(1_500);
    for (const one of refused) expect(one).toMatchObject({ reason: 'TooManyReviews' });
    expect(Math.max(...refused.map(({ atMs }) => atMs))).toBeLessThanOrEqual(20_000);
  });
});
