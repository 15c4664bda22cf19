// The agent's own figures, 12 series with those of the process: every one of them exists once per node.

import { Counter, Gauge, type Registry } from 'prom-client';
import { openRegistry } from '../shared/metrics.ts';
import type { CoreView } from './core/core.ts';

const outcomes = ['Succeeded', 'Failed', 'Cancelled', 'Unknown'] as const;

export function openAgentMetrics(view: () => CoreView): Registry {
  const registry = openRegistry();
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('forehold_agent_session_connected', 'Whether a session with the coordinator is open.', () =>
    Number(view().connected),
  );
  gauge(
    'forehold_agent_inventory_entries',
    'Image names that the node is known to hold.',
    () => view().inventoryEntries,
  );
  gauge('forehold_agent_pull_pods', 'Pull pods that exist on the node.', () => view().pullPods);
  gauge(
    'forehold_agent_offers',
    'Offers whose pull pod is being created.',
    () => view().offersUnderWay,
  );
  new Counter({
    name: 'forehold_agent_pulls_total',
    help: 'Pulls that ended since the start of the agent.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const outcome of outcomes) this.inc({ outcome }, view().outcomes[outcome]);
    },
  });
  return registry;
}
