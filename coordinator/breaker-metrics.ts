// Gauges of circuit breakers. Images and nodes are only counted; registries are named, because there are few of them, and
// no more than twenty.

import { Gauge, type Registry } from 'prom-client';
import type { BreakerView } from './core/views.ts';

const axes = ['image', 'registry', 'node'] as const;
const states = { open: 'open', halfOpen: 'half_open' } as const;
const maxRegistries = 20;

export function addBreakerGauges(registry: Registry, views: () => Iterable<BreakerView>): void {
  const registers = [registry];
  new Gauge({
    name: 'forehold_breakers',
    help: 'Circuit breakers that hold pulls back, by what they are about.',
    labelNames: ['axis', 'state'],
    registers,
    collect() {
      for (const axis of axes)
        for (const state of Object.values(states)) this.set({ axis, state }, 0);
      for (const { axis, state } of views())
        if (state !== 'closed') this.inc({ axis, state: states[state] });
    },
  });
  new Gauge({
    name: 'forehold_registry_breaker',
    help: 'Registries whose circuit breaker is open (1) or lets one node try (0.5); at most 20.',
    labelNames: ['registry'],
    registers,
    collect() {
      this.reset();
      const ofRegistries = [...views()].filter(({ axis }) => axis === 'registry');
      for (const { key, state } of ofRegistries.slice(0, maxRegistries))
        this.set({ registry: key }, state === 'open' ? 1 : 0.5);
    },
  });
}
