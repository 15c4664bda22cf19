// Coordinator and agents as Prometheus sees them.

import { expect, test } from 'vitest';
import { runCommand } from '../harness/commands.ts';
import { everyPart } from '../harness/part.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { skipWithout } from '../harness/skip.ts';
import type { Stack } from '../harness/stack.ts';
import { until } from '../harness/until.ts';

const scrapeDeadlineMs = 30_000;

export function testMetrics(stack: () => Stack): void {
  test('a Prometheus server scrapes coordinator and agents', async (context) => {
    skipWithout(context, 'prometheus');
    const { coordinator, agents } = stack().programs;
    const targets = {
      coordinator: [await coordinator.httpAddress()],
      agent: await Promise.all([...agents.values()].map((agent) => agent.httpAddress())),
    };
    const prometheus = await startPrometheus(targets, stack().folder);
    try {
      const up = await until('every target was scraped', scrapeDeadlineMs, async () => {
        const samples = await prometheus.query('up == 1');
        return samples.length === 1 + agents.size && samples;
      });
      const scraped = new Set(up.map((sample) => sample.labels['instance']));
      expect(scraped).toEqual(new Set([...targets.coordinator, ...targets.agent]));
    } finally {
      await prometheus.stop();
    }
  });

  test('promtool finds nothing to say about the metrics', async (context) => {
    skipWithout(context, 'promtool');
    for (const part of everyPart(stack().programs)) {
      const metrics = await (await fetch(`http://${await part.httpAddress()}/metrics`)).text();
      expect(metrics).toContain('# HELP forehold_');
      expect(await runCommand('promtool', ['check', 'metrics'], { input: metrics })).toBe('');
    }
  });
}
