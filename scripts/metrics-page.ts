// docs/metrics.md: every metric of both programs, as they declare them themselves, and which of them are worth an alert.

import type { Registry } from 'prom-client';
import { openAgentMetrics } from '../agent/metrics.ts';
import { openChannelMetrics } from '../coordinator/channel-metrics.ts';
import { openCoordinatorMetrics } from '../coordinator/metrics.ts';

interface Metric {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly help: string;
}

interface Alert {
  readonly expression: string;
  readonly means: string;
}

const alerts: readonly Alert[] = [
  {
    expression: 'sum(forehold_coordinator_leader) != 1',
    means: 'nobody leads, so nothing is offered; pulls under way go on',
  },
  {
    expression: 'sum(forehold_sessions) < sum(forehold_nodes)',
    means: 'nodes without a working agent, or that have none on purpose',
  },
  {
    expression: 'sum(forehold_failed_pairs) > 0',
    means: 'nodes whose last pull of an image failed: `kubectl forehold explain IMAGE` says why',
  },
  {
    expression: 'sum(forehold_registry_breaker) by (registry) > 0',
    means: 'a registry fails for everybody, and rests',
  },
  {
    expression: 'max(forehold_tls_troubled) > 0',
    means: 'certificates cannot be read, renewed or published: the log says why',
  },
  {
    expression: 'min(forehold_tls_not_after_seconds) - time() < 7 * 86400',
    means: 'a certificate expires within a week, and should have been renewed',
  },
  {
    expression: 'sum(increase(forehold_calls_refused_total[10m])) by (reason) > 0',
    means: 'agents or people whose tokens are refused: the log says whose',
  },
];

export function formatMetricsPage(): string {
  const coordinator = openCoordinatorMetrics(() => undefined);
  openChannelMetrics(coordinator.registry, () => undefined);
  const agent = openAgentMetrics(() => ({
    inventoryEntries: 0,
    pullPods: 0,
    offersUnderWay: 0,
    connected: false,
    outcomes: { Succeeded: 0, Failed: 0, Cancelled: 0, Unknown: 0 },
  }));
  return `# Metrics

Coordinators (Service \`forehold\`) and agents serve \`/metrics\` on port 7480; the chart's \`metrics.serviceMonitor\` and
\`metrics.podMonitor\` have the Prometheus operator scrape them. Of coordinators only the one that leads knows leases, limits,
nodes and images; the others show zeros or nothing, so sum over them. No label is the name of a node, an image or a lease.
Made from what the programs declare by \`npm run gen\`.

## Coordinator

${formatTable(coordinator.registry)}

## Agent

${formatTable(agent)}

## Worth an alert

When it lasts for some minutes:

| expression | what it means |
| --- | --- |
${alerts.map(({ expression, means }) => `| \`${expression}\` | ${means} |`).join('\n')}
`;
}

function formatTable(registry: Registry): string {
  const rows = listMetrics(registry).map(({ name, kind, labels, help }) => {
    const names = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${kind} | ${names} | ${help} |`;
  });
  return ['| metric | kind | labels | what it is |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function listMetrics(registry: Registry): readonly Metric[] {
  return registry
    .getMetricsAsArray()
    .map((metric) => ({
      name: metric.name,
      // Its type is an enum of numbers, and at run time a word.
      kind: String(metric.type),
      labels: 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [],
      help: metric.help,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
