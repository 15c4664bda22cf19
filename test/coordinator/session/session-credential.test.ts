import { describe, expect, test } from 'vitest';
import { AgentGate } from '../../../coordinator/identity/agent-gate.ts';
import { Refusals } from '../../../coordinator/identity/refusals.ts';
import { ReviewQueue } from '../../../coordinator/identity/review-queue.ts';
import { TokenReviewer } from '../../../coordinator/identity/token-reviewer.ts';
import { openCoordinatorMetrics } from '../../../coordinator/metrics.ts';
import { SessionCredential } from '../../../coordinator/session/session-credential.ts';
import type { StatusError } from '../../../shared/rpc.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { FakeKube, refusal } from '../fake-kube.ts';
import { agentUsername, bearerOf, makeToken, vouchFor } from '../identity/tokens.ts';
import { helloOf, openTestLog } from '../stand.ts';

const minuteMs = 60_000;

async function open() {
  const clock = new VirtualClock();
  const kube = new FakeKube();
  kube.answer = () => ({ status: vouchFor() });
  const { log } = openTestLog();
  const metrics = openCoordinatorMetrics(() => undefined);
  const queue = new ReviewQueue({ clock, maxInFlight: 2, maxWaiting: 10, maxWaitMs: 20_000 });
  const audience = 'forehold-session';
  const gate = new AgentGate({
    reviewer: new TokenReviewer({ kube, clock, log, queue, audience, advice: '' }),
    username: agentUsername,
    refusals: new Refusals({ clock, log, metrics }),
  });
  const startMs = clock.now().wallMs;
  /** A token of the agent that ends so many minutes after the start. */
  const tokenUntil = (minutes: number): string =>
    makeToken({ expiresAtMs: startMs + minutes * minuteMs });
  const ends: StatusError[] = [];
  const onEnd = (reason: StatusError): void => void ends.push(reason);
  const bearer = bearerOf(tokenUntil(10));
  const credential = new SessionCredential({ gate, bearer, peer: 'peer', clock, onEnd });
  await credential.admit(helloOf('n1', 'u1'));
  return { clock, kube, credential, tokenUntil, ends };
}

describe('SessionCredential', () => {
  test('the session ends when its token does', async () => {
    const { clock, ends } = await open();
    await clock.advance(10 * minuteMs - 1);
    expect(ends).toEqual([]);
    await clock.advance(1);
    expect(ends).toMatchObject([
      {
        code: 'UNAUTHENTICATED',
        message: "TokenExpired: the session's token has ended; dial again with the newest one",
      },
    ]);
  });

  test('a rotated token lets it live on, until that one ends', async () => {
    const { clock, credential, tokenUntil, ends } = await open();
    await clock.advance(8 * minuteMs);
    credential.heard(tokenUntil(18));
    await clock.advance(10 * minuteMs - 1);
    expect(ends).toEqual([]);
    await clock.advance(1);
    expect(ends).toHaveLength(1);
  });

  test('an older token does not shorten it', async () => {
    const { clock, credential, tokenUntil, ends } = await open();
    credential.heard(tokenUntil(5));
    await clock.advance(9 * minuteMs);
    expect(ends).toEqual([]);
  });

  test('by the wall clock: a jump ends it with the next heartbeat', async () => {
    const { clock, credential, ends } = await open();
    clock.jumpWall(11 * minuteMs);
    credential.heard(undefined);
    expect(ends).toHaveLength(1);
  });

  test('by the wall clock: set back, it lives on', async () => {
    const { clock, ends } = await open();
    clock.jumpWall(-5 * minuteMs);
    await clock.advance(10 * minuteMs);
    expect(ends).toEqual([]);
    await clock.advance(5 * minuteMs);
    expect(ends).toHaveLength(1);
  });

  test('while the API server cannot be asked it is asked again with each heartbeat', async () => {
    const { clock, kube, credential, tokenUntil, ends } = await open();
    kube.answer = () => {
      throw refusal(503);
    };
    credential.heard(tokenUntil(20));
    await clock.advance(10_000);
    credential.heard(undefined);
    await clock.advance(10_000);
    expect(kube.requests).toHaveLength(3);
    expect(ends).toEqual([]);
    kube.answer = () => ({ status: vouchFor() });
    credential.heard(undefined);
    await clock.advance(15 * minuteMs);
    expect(ends).toEqual([]);
    credential.heard(undefined);
    await clock.settle();
    expect(kube.requests).toHaveLength(4);
  });

  test('a rotated token that is never reviewed does not let it outlive the old one', async () => {
    const { clock, kube, credential, tokenUntil, ends } = await open();
    kube.answer = () => {
      throw refusal(0);
    };
    credential.heard(tokenUntil(20));
    await clock.advance(10 * minuteMs);
    expect(ends).toMatchObject([{ message: expect.stringMatching(/^TokenExpired: /) }]);
  });

  test.for<[what: string, status: object, code: string, word: string]>([
    ['nobody', {}, 'UNAUTHENTICATED', 'TokenInvalid'],
    ['another node', vouchFor({ node: 'n2' }), 'PERMISSION_DENIED', 'WrongIdentity'],
    ['another uid of the node', vouchFor({ nodeUid: 'u2' }), 'PERMISSION_DENIED', 'WrongIdentity'],
    ['another pod', vouchFor({ podUid: 'p2' }), 'PERMISSION_DENIED', 'WrongIdentity'],
    ['another account', vouchFor({ username: 'x' }), 'PERMISSION_DENIED', 'WrongAccount'],
  ])('a rotated token of %s ends it', async ([, status, code, word]) => {
    const { clock, kube, credential, tokenUntil, ends } = await open();
    kube.answer = () => ({ status });
    credential.heard(tokenUntil(20));
    await clock.settle();
    expect(ends).toMatchObject([{ code, message: expect.stringMatching(`^${word}: `) }]);
  });

  test('nothing happens after its end', async () => {
    const { clock, credential, tokenUntil, ends, kube } = await open();
    credential.stop();
    credential.heard(tokenUntil(20));
    await clock.advance(60 * minuteMs);
    expect(ends).toEqual([]);
    expect(kube.requests).toHaveLength(1);
  });
});
