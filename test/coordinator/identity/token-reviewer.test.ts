import { describe, expect, test } from 'vitest';
import { ReviewQueue } from '../../../coordinator/identity/review-queue.ts';
import { TokenReviewer } from '../../../coordinator/identity/token-reviewer.ts';
import { KubeError } from '../../../shared/kube-client.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { FakeKube } from '../fake-kube.ts';
import { openTestLog } from '../stand.ts';
import { bearerOf, HeldKube, makeToken, type TokenOptions, vouchFor } from './tokens.ts';

function open(kube: FakeKube = new FakeKube()) {
  const clock = new VirtualClock();
  const { log, lines } = openTestLog();
  const queue = new ReviewQueue({ clock, maxInFlight: 2, maxWaiting: 10, maxWaitMs: 20_000 });
  const audience = 'forehold-session';
  const reviewer = new TokenReviewer({ kube, clock, log, queue, audience, advice: '' });
  const hourMs = 3_600_000;
  const tokenOf = (options: Partial<TokenOptions> = {}) =>
    bearerOf(makeToken({ expiresAtMs: clock.now().wallMs + hourMs, ...options }));
  kube.answer = kube instanceof HeldKube ? kube.answer : () => ({ status: vouchFor() });
  return { clock, kube, reviewer, tokenOf, lines, queue };
}

describe('TokenReviewer', () => {
  test('tells whose token it is, and asks for our audience', async () => {
    const { reviewer, tokenOf, kube } = open();
    const bearer = tokenOf();
    expect(await reviewer.review(bearer, 'peer')).toMatchObject({
      kind: 'reviewed',
      expiresAtMs: bearer.claims.expiresAtMs,
      user: { username: 'system:serviceaccount:forehold-pulls:forehold-agent' },
    });
    expect(kube.requests).toMatchObject([
      {
        method: 'POST',
        path: '/apis/authentication.k8s.io/v1/tokenreviews',
        body: { spec: { token: bearer.token, audiences: ['forehold-session'] } },
      },
    ]);
  });

  test.for<[what: string, status: unknown]>([
    ['no status', undefined],
    ['authenticated is false', { ...vouchFor(), authenticated: false }],
    ['authenticated is a text', { ...vouchFor(), authenticated: 'true' }],
    ['an error and nothing else', { error: 'invalid bearer token' }],
    ['no audiences, as of an API server that knows none', { ...vouchFor(), audiences: undefined }],
    ['other audiences', vouchFor({ audiences: ['https://kubernetes.default.svc'] })],
    ['no user', { ...vouchFor(), user: undefined }],
    ['an empty name', vouchFor({ username: '' })],
  ])('an answer with %s is no', async ([, status]) => {
    const { reviewer, tokenOf, kube } = open();
    kube.answer = () => ({ status });
    expect(await reviewer.review(tokenOf(), 'peer')).toMatchObject({ reason: 'TokenInvalid' });
  });

  test('what cannot be a token for us is refused without asking', async () => {
    const { reviewer, tokenOf, kube, clock } = open();
    const foreign = tokenOf({ audience: 'vault' });
    const ended = tokenOf({ expiresAtMs: clock.now().wallMs });
    expect(await reviewer.review(foreign, 'peer')).toMatchObject({ reason: 'WrongAudience' });
    expect(await reviewer.review(ended, 'peer')).toMatchObject({ reason: 'TokenExpired' });
    expect(kube.requests).toEqual([]);
  });

  test.for([true, false])('an answer is kept for 30 s (yes: %s)', async (isGood) => {
    const { reviewer, tokenOf, kube, clock } = open();
    kube.answer = () => ({ status: isGood ? vouchFor() : {} });
    const bearer = tokenOf();
    await reviewer.review(bearer, 'peer');
    await clock.advance(29_000);
    await reviewer.review(bearer, 'another peer');
    expect(kube.requests).toHaveLength(1);
    await clock.advance(2_000);
    await reviewer.review(bearer, 'peer');
    expect(kube.requests).toHaveLength(2);
  });

  test('no answer outlives its token', async () => {
    const { reviewer, tokenOf, clock } = open();
    const bearer = tokenOf({ expiresAtMs: clock.now().wallMs + 10_000 });
    expect(await reviewer.review(bearer, 'peer')).toMatchObject({ kind: 'reviewed' });
    clock.jumpWall(10_000);
    expect(await reviewer.review(bearer, 'peer')).toMatchObject({ reason: 'TokenExpired' });
  });

  test('one token is asked about once at a time', async () => {
    const kube = new HeldKube();
    const { reviewer, tokenOf, clock } = open(kube);
    const bearer = tokenOf();
    const answers = Array.from({ length: 50 }, () => reviewer.review(bearer, 'peer'));
    await clock.settle();
    expect(kube.underWay).toBe(1);
    kube.release({ status: vouchFor() });
    for (const answer of await Promise.all(answers)) expect(answer.kind).toBe('reviewed');
  });

  test('a token that ends while it is asked about is not believed', async () => {
    const kube = new HeldKube();
    const { reviewer, tokenOf, clock } = open(kube);
    const answer = reviewer.review(tokenOf({ expiresAtMs: clock.now().wallMs + 1_000 }), 'peer');
    await clock.advance(2_000);
    kube.release({ status: vouchFor() });
    expect(await answer).toMatchObject({ reason: 'TokenExpired' });
  });

  test.for([0, 401, 403, 429, 500, 503])(
    'an API server that answers %s lets nobody in, and is asked again',
    async (status) => {
      const { reviewer, tokenOf, kube, lines } = open();
      const bearer = tokenOf();
      kube.answer = () => {
        throw new KubeError(`POST: refused`, status);
      };
      const refused = await reviewer.review(bearer, 'peer');
      expect(refused).toMatchObject({ reason: 'ReviewUnavailable' });
      expect(lines).toMatchObject([{ level: 'warn', msg: 'review not answered', status }]);
      kube.answer = () => ({ status: vouchFor() });
      expect(await reviewer.review(bearer, 'peer')).toMatchObject({ kind: 'reviewed' });
    },
  );

  test('failures are told of once in ten seconds, with their number', async () => {
    const { reviewer, tokenOf, kube, lines, clock } = open();
    kube.answer = () => {
      throw new KubeError('POST: refused', 503);
    };
    for (let index = 0; index < 100; index += 1)
      await reviewer.review(tokenOf({ id: String(index) }), 'peer');
    expect(lines).toMatchObject([{ msg: 'review not answered', failures: 1 }]);
    await clock.advance(10_000);
    await reviewer.review(tokenOf({ id: 'last' }), 'peer');
    expect(lines.slice(1)).toMatchObject([{ failures: 100 }]);
  });

  test('a flood of bad tokens drives no good answer out', async () => {
    const { reviewer, tokenOf, kube } = open();
    const good = tokenOf({ id: 'good' });
    await reviewer.review(good, 'peer');
    kube.answer = () => ({ status: {} });
    for (let index = 0; index < 10_100; index += 1)
      await reviewer.review(tokenOf({ id: String(index) }), 'flood');
    const asked = kube.requests.length;
    expect(await reviewer.review(good, 'peer')).toMatchObject({ kind: 'reviewed' });
    expect(kube.requests).toHaveLength(asked);
  });

  test('too many that wait are told so', async () => {
    const kube = new HeldKube();
    const { reviewer, tokenOf, clock } = open(kube);
    const answers = Array.from({ length: 14 }, (_, index) =>
      reviewer.review(tokenOf({ id: String(index) }), 'peer'),
    );
    await clock.settle();
    const first = await Promise.race(answers);
    expect(first).toMatchObject({ reason: 'TooManyReviews' });
  });
});
