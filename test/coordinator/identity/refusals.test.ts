import { describe, expect, test } from 'vitest';
import { refuse, toStatus } from '../../../coordinator/identity/refusal.ts';
import { Refusals } from '../../../coordinator/identity/refusals.ts';
import { openCoordinatorMetrics } from '../../../coordinator/metrics.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { openTestLog } from '../stand.ts';

function open() {
  const clock = new VirtualClock();
  const { log, lines } = openTestLog();
  const metrics = openCoordinatorMetrics(() => undefined);
  return { clock, lines, metrics, refusals: new Refusals({ clock, log, metrics }) };
}

const noToken = refuse('NoToken', 'there is none');
const call = { service: 'session', peer: '10.0.0.1' } as const;

describe('Refusals', () => {
  test('counts every refusal, and tells of each cause and peer once in ten minutes', async () => {
    const { clock, lines, metrics, refusals } = open();
    for (let index = 0; index < 1_000; index += 1) refusals.note(noToken, call);
    refusals.note(refuse('WrongNode', 'other node'), { ...call, node: 'n1' });
    refusals.note(noToken, { ...call, peer: '10.0.0.2' });
    expect(lines).toMatchObject([
      { level: 'warn', msg: 'call refused', reason: 'NoToken', peer: '10.0.0.1' },
      { reason: 'WrongNode', node: 'n1' },
      { reason: 'NoToken', peer: '10.0.0.2' },
    ]);
    const text = await metrics.registry.metrics();
    expect(text).toContain('{service="session",reason="NoToken"} 1001');
    await clock.advance(600_001);
    refusals.note(noToken, call);
    expect(lines).toHaveLength(4);
  });
});

describe('toStatus', () => {
  test('puts the word first, for programs', () => {
    expect(toStatus(noToken)).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'NoToken: there is none',
    });
    expect(toStatus(refuse('WrongNode', 'x')).code).toBe('PERMISSION_DENIED');
    expect(toStatus(refuse('ReviewUnavailable', 'x')).code).toBe('UNAVAILABLE');
    expect(toStatus(refuse('TooManyReviews', 'x')).code).toBe('RESOURCE_EXHAUSTED');
  });
});
