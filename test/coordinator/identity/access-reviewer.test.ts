import { describe, expect, test } from 'vitest';
import { AccessReviewer } from '../../../coordinator/identity/access-reviewer.ts';
import { ReviewQueue } from '../../../coordinator/identity/review-queue.ts';
import type { ReviewedToken } from '../../../coordinator/identity/token-reviewer.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { FakeKube, refusal } from '../fake-kube.ts';
import { openTestLog } from '../stand.ts';
import { extraPrefix } from './tokens.ts';

function open() {
  const clock = new VirtualClock();
  const kube = new FakeKube();
  const queue = new ReviewQueue({ clock, maxInFlight: 2, maxWaiting: 10, maxWaitMs: 20_000 });
  const { log } = openTestLog();
  kube.answer = () => ({ status: { allowed: true } });
  return { clock, kube, reviewer: new AccessReviewer({ kube, clock, log, queue }) };
}

function tokenOf(username: string, credential = 'JTI=1'): ReviewedToken {
  const extra = { [`${extraPrefix}/credential-id`]: [credential], scope: ['a'] };
  const user = { username, uid: 'u', groups: ['g'], extra };
  return { kind: 'reviewed', user, expiresAtMs: 0 };
}

const access = { resource: 'leases', verb: 'list' } as const;

describe('AccessReviewer', () => {
  test('asks about the user with all that the API server knows of him', async () => {
    const { reviewer, kube } = open();
    expect(await reviewer.review(tokenOf('ann'), access, 'peer')).toBeUndefined();
    expect(kube.requests).toMatchObject([
      {
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        body: {
          spec: {
            user: 'ann',
            uid: 'u',
            groups: ['g'],
            extra: { scope: ['a'] },
            resourceAttributes: { group: 'forehold.dev', resource: 'leases', verb: 'list' },
          },
        },
      },
    ]);
  });

  test.for<[what: string, answer: unknown]>([
    ['not allowed', { status: { allowed: false } }],
    ['allowed as a text', { status: { allowed: 'true' } }],
    ['nothing', {}],
  ])('%s is no', async ([, answer]) => {
    const { reviewer, kube } = open();
    kube.answer = () => answer;
    expect(await reviewer.review(tokenOf('ann'), access, 'peer')).toMatchObject({
      reason: 'NotPermitted',
      why: 'ann may not list leases.forehold.dev; ask for a role that allows it',
    });
  });

  test('one user, one question, whichever token he shows; another question for all else', async () => {
    const { reviewer, kube, clock } = open();
    await reviewer.review(tokenOf('ann', 'JTI=1'), access, 'peer');
    await reviewer.review(tokenOf('ann', 'JTI=2'), access, 'peer');
    expect(kube.requests).toHaveLength(1);
    await reviewer.review(tokenOf('bob'), access, 'peer');
    await reviewer.review(tokenOf('ann'), { ...access, verb: 'delete' }, 'peer');
    await reviewer.review(tokenOf('ann'), { ...access, resource: 'nodes' }, 'peer');
    expect(kube.requests).toHaveLength(4);
    await clock.advance(31_000);
    await reviewer.review(tokenOf('ann'), access, 'peer');
    expect(kube.requests).toHaveLength(5);
  });

  test('an API server that does not answer allows nothing, and is asked again', async () => {
    const { reviewer, kube } = open();
    kube.answer = () => {
      throw refusal(503);
    };
    const refused = await reviewer.review(tokenOf('ann'), access, 'peer');
    expect(refused).toMatchObject({ reason: 'ReviewUnavailable' });
    kube.answer = () => ({ status: { allowed: true } });
    expect(await reviewer.review(tokenOf('ann'), access, 'peer')).toBeUndefined();
  });
});
