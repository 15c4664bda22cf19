import { describe, expect, test } from 'vitest';
import type { Pause } from '../../../coordinator/core/pauses.ts';
import { policyLimitName } from '../../../coordinator/core/policy-limits.ts';
import {
  type Actions,
  type Caller,
  pause,
  resume,
  revokeLease,
} from '../../../coordinator/inspector/actions.ts';
import { leaseOf } from '../views.ts';

const caller: Caller = { user: 'system:ada', now: { wallMs: 1_500, monotonicMs: 0 } };

function open(leases = [leaseOf('1-1'), leaseOf('1-2', { phase: 'Ended', endedAtMs: 2 })]) {
  const pauses: Pause[] = [];
  const revoked: string[] = [];
  const actions: Actions = {
    lease: (id) => leases.find((lease) => lease.id === id),
    leases: () => leases,
    revoke: (id, message) => void revoked.push(`${id} ${message}`),
    pauses: {
      list: () => pauses,
      add: async (added) => void pauses.push(added),
      remove: async () => void pauses.pop(),
    },
  };
  return { actions, pauses, revoked };
}

describe('revokeLease', () => {
  test('takes a live lease back and says what that cannot do', () => {
    const { actions, revoked } = open();
    const request = { leaseId: '1-1', why: ' storm ', by: 'ada' };
    const answer = revokeLease(request, actions, caller);
    expect(answer.lease).toMatchObject({ id: '1-1' });
    expect(answer.note).toMatch(/cannot be stopped/);
    expect(revoked).toEqual(['1-1 taken back by ada: storm']);
  });

  test('names who the token proved when nobody is named', () => {
    const { actions, revoked } = open();
    revokeLease({ leaseId: '1-1', why: '', by: '' }, actions, caller);
    expect(revoked).toEqual(['1-1 taken back by system:ada']);
  });

  test.for([
    ['1-9', 'NOT_FOUND'],
    ['1-2', 'FAILED_PRECONDITION'],
  ] as const)('of %s is %s', ([leaseId, code]) => {
    const { actions, revoked } = open();
    const attempt = () => revokeLease({ leaseId, why: '', by: '' }, actions, caller);
    expect(attempt).toThrow(expect.objectContaining({ code }));
    expect(revoked).toEqual([]);
  });
});

describe('pause', () => {
  test('keeps who, why and when, and counts what goes on', async () => {
    const { actions, pauses } = open();
    const request = { scope: 'PAUSE_SCOPE_IMAGE', name: 'nginx', why: 'storm', by: 'ada' } as const;
    const answer = await pause(request, actions, caller);
    expect(answer).toEqual({
      pause: {
        scope: 'PAUSE_SCOPE_IMAGE',
        name: 'docker.io/library/nginx:latest',
        why: 'storm',
        by: 'ada',
        authenticatedAs: 'system:ada',
        since: { seconds: 1, nanos: 500_000_000 },
      },
      pullsUnderWay: 0,
    });
    expect(pauses).toMatchObject([{ scope: 'image', sinceMs: 1_500 }]);
  });

  test.for([
    [{ scope: 'PAUSE_SCOPE_ALL', name: '' }, 3],
    [{ scope: 'PAUSE_SCOPE_IMAGE', name: 'nginx:1.27' }, 2],
    [{ scope: 'PAUSE_SCOPE_IMAGE', name: 'other' }, 0],
    [{ scope: 'PAUSE_SCOPE_POLICY', name: 'slow' }, 1],
  ] as const)('%j leaves %i pulls under way', async ([target, pulls]) => {
    const limits = ['cluster', policyLimitName('slow', 'image')];
    const { actions } = open([
      leaseOf('1-1'),
      leaseOf('1-2'),
      leaseOf('1-3', { image: 'r.example/a:1', limits }),
      leaseOf('1-4', { phase: 'Ended', endedAtMs: 2 }),
    ]);
    const answer = await pause({ ...target, why: '', by: '' }, actions, caller);
    expect(answer.pullsUnderWay).toBe(pulls);
  });

  const valid = { scope: 'PAUSE_SCOPE_ALL', name: '', why: '', by: '' } as const;

  test.for([
    [{ scope: 'PAUSE_SCOPE_UNSPECIFIED' }, 'scope is none of ALL, POLICY, IMAGE'],
    [{ name: 'x' }, 'name must be empty when everything is meant'],
    [{ scope: 'PAUSE_SCOPE_POLICY' }, 'name of the policy is missing'],
    [{ scope: 'PAUSE_SCOPE_IMAGE', name: 'A B' }, expect.stringContaining('repository name')],
    [{ scope: 'PAUSE_SCOPE_POLICY', name: 'x'.repeat(1_025) }, /^name has more than 1024/],
    [{ why: 'x'.repeat(257) }, 'why has more than 256 characters'],
    [{ by: 'x'.repeat(129) }, 'by has more than 128 characters'],
    [{ why: 'a\nb' }, 'why has control characters'],
    [{ by: 'a\u001b[2Jb' }, 'by has control characters'],
  ] as const)('%j is refused', async ([change, message]) => {
    const { actions, pauses } = open();
    const said = message instanceof RegExp ? expect.stringMatching(message) : message;
    await expect(pause({ ...valid, ...change }, actions, caller)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: said,
    });
    expect(pauses).toEqual([]);
  });
});

describe('resume', () => {
  test('answers with what is still paused', async () => {
    const { actions } = open();
    await pause({ scope: 'PAUSE_SCOPE_ALL', name: '', why: '', by: '' }, actions, caller);
    await pause({ scope: 'PAUSE_SCOPE_POLICY', name: 'p', why: '', by: '' }, actions, caller);
    const answer = await resume({ scope: 'PAUSE_SCOPE_POLICY', name: 'p' }, actions);
    expect(answer.pauses).toMatchObject([{ scope: 'PAUSE_SCOPE_ALL' }]);
  });
});
