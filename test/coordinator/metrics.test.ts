import { describe, expect, test } from 'vitest';
import { openCoordinatorMetrics } from '../../coordinator/metrics.ts';
import { FakeViews, imageOf, leaseOf, nodeOf } from './views.ts';

function fill(): FakeViews {
  const views = new FakeViews();
  views.leaseList = [
    leaseOf('1-1'),
    leaseOf('1-2', { phase: 'Offered' }),
    leaseOf('1-3', { phase: 'Ended' }),
  ];
  views.nodeList = [nodeOf('a'), { ...nodeOf('b'), connected: false, warm: true }];
  views.imageList = [imageOf('x'), imageOf('y')];
  views.limitList = [{ name: 'cluster', slots: 20, inUse: 2 }];
  return views;
}

describe('openCoordinatorMetrics', () => {
  test('shows the core as it is when asked', async () => {
    const views = fill();
    const { registry } = openCoordinatorMetrics(() => views);
    const text = await registry.metrics();
    for (const line of [
      'forehold_leases{phase="Held"} 1',
      'forehold_leases{phase="Offered"} 1',
      'forehold_leases{phase="Suspect"} 0',
      'forehold_nodes 2',
      'forehold_sessions 1',
      'forehold_warm_nodes 1',
      'forehold_desired_images 2',
      'forehold_desired_pairs 8',
      'forehold_warm_pairs 4',
      'forehold_failed_pairs 2',
      'forehold_limit_slots{limit="cluster"} 20',
      'forehold_limit_in_use{limit="cluster"} 2',
      'forehold_coordinator_leader 1',
      'forehold_coordinator_epoch 4',
    ])
      expect(text.split('\n')).toContain(line);
    views.breakerList = [
      { axis: 'registry', key: 'r.example', state: 'open', openings: 1, untilAtMs: 0 },
      { axis: 'node', key: 'uid-a', state: 'halfOpen', openings: 2, untilAtMs: 0 },
    ];
    const troubled = (await registry.metrics()).split('\n');
    for (const line of [
      'forehold_breakers{axis="registry",state="open"} 1',
      'forehold_breakers{axis="node",state="half_open"} 1',
      'forehold_breakers{axis="image",state="open"} 0',
      'forehold_registry_breaker{registry="r.example"} 1',
    ])
      expect(troubled).toContain(line);
    expect(troubled.join('')).not.toContain('uid-a');
    views.limitList = [];
    expect(await registry.metrics()).not.toContain('limit="cluster"');
  });

  test('is empty but whole before there is a core, and two can live in one process', async () => {
    openCoordinatorMetrics(() => undefined);
    const { registry } = openCoordinatorMetrics(() => undefined);
    expect(await registry.metrics()).toContain('forehold_nodes 0');
  });

  test('names follow the rules: our prefix, and _total on counters alone', async () => {
    const { registry } = openCoordinatorMetrics(() => undefined);
    for (const { name, type, help } of await registry.getMetricsAsJSON()) {
      expect(name).toMatch(/^(forehold|process)_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(String(type) === 'counter');
      expect(help).toMatch(/\.$/);
    }
  });
});
