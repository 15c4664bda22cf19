// What the metrics of both programs have in common: one registry per program (never prom-client's global one, so that
// a thousand agents and a test can live in one process) and three figures of the process itself. prom-client's own
// default metrics are left out: 30 series more per node, some of them named against Prometheus' rules.

import { Counter, Gauge, Registry } from 'prom-client';

/** A registry with memory, processor time and start of this process. */
export function openRegistry(): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time, user and system, spent since the start of the process.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start of the process in seconds since 1970.',
    registers,
  }).set(performance.timeOrigin / 1_000);
  return registry;
}
