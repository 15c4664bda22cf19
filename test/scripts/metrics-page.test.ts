import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatMetricsPage } from '../../scripts/metrics-page.ts';

describe('formatMetricsPage', () => {
  const page = formatMetricsPage();
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| (.*) \| (.*) \|$/gm)];
  const names = rows.map(([, name]) => name);

  test('has every metric of both programs, with its labels', () => {
    expect(page).toContain('| `forehold_pulls_total` | counter | `outcome`, `reason` |');
    for (const name of [
      'forehold_leases',
      'forehold_connections',
      'forehold_registry_breaker',
      'forehold_agent_session_connected',
      'process_resident_memory_bytes',
    ])
      expect(names).toContain(name);
    for (const [, name, , , help] of rows) expect(help, name).toMatch(/^[A-Z1].*\.$/);
  });

  test('alerts on metrics that exist', () => {
    const [, alerts = ''] = page.split('## Worth an alert');
    const named = [...alerts.matchAll(/\bforehold_\w+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });

  test('is the page in docs/', () => {
    expect(page).toBe(readFileSync('docs/metrics.md', 'utf8'));
  });
});
