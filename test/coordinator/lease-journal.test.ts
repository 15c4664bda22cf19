import { describe, expect, test } from 'vitest';
import { LeaseJournal } from '../../coordinator/lease-journal.ts';
import { openCoordinatorMetrics } from '../../coordinator/metrics.ts';
import { openTestLog } from './stand.ts';
import { leaseOf } from './views.ts';

function start() {
  const { log, lines } = openTestLog();
  const metrics = openCoordinatorMetrics(() => undefined);
  return { journal: new LeaseJournal(log, metrics), lines, metrics };
}

const ended = {
  phase: 'Ended',
  endedAtMs: 1_005_000,
  outcome: 'Succeeded',
  reason: 'Cached',
} as const;

describe('LeaseJournal', () => {
  test('one line for each phase, however often the lease is mentioned', () => {
    const { journal, lines } = start();
    for (const change of [{ phase: 'Offered' }, { phase: 'Held' }, ended] as const) {
      journal.note(leaseOf('1-1', change));
      if (change.phase !== 'Ended') journal.note(leaseOf('1-1', { ...change, message: 'again' }));
    }
    expect(lines.map(({ msg }) => msg)).toEqual(['offer sent', 'hold begun', 'lease ended']);
    expect(lines[2]).toMatchObject({
      level: 'info',
      leaseId: '1-1',
      node: 'n1',
      pod: 'pull-1-1',
      offeredMs: 1_000,
      heldMs: 4_000,
    });
    expect(lines[0]).not.toHaveProperty('heldMs');
  });

  test('a failure is a warning with its reason', () => {
    const { journal, lines } = start();
    journal.note(leaseOf('1-1', { ...ended, outcome: 'Failed', reason: 'ImageNotFound' }));
    expect(lines).toMatchObject([{ level: 'warn', outcome: 'Failed', reason: 'ImageNotFound' }]);
  });

  test('counts offers and ends', async () => {
    const { journal, metrics } = start();
    journal.note(leaseOf('1-1', { phase: 'Offered' }));
    journal.note(leaseOf('1-1', ended));
    journal.note(leaseOf('1-2', { phase: 'Lapsed', reason: 'OfferLapsed' }));
    journal.note(leaseOf('1-3', { phase: 'Lost', outcome: 'Unknown', reason: 'NodeGone' }));
    const text = await metrics.registry.metrics();
    expect(text).toContain('forehold_offers_total 1');
    expect(text).toContain('forehold_pulls_total{outcome="Succeeded",reason="Cached"} 1');
    expect(text).toContain('forehold_pulls_total{outcome="Unknown",reason="NodeGone"} 1');
    expect(text).not.toContain('OfferLapsed');
  });
});
