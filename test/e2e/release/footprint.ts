// What the installed programs take: figures for the chart's values.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RunningPod } from '../harness/pod-part.ts';
import { findPodProcesses, podMemoryMib, residentMib } from '../harness/pod-processes.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import { printFigure } from '../harness/skip.ts';

// A measurement wants its span; nothing is waited for.
const spanMs = 20_000;
// A tick of the kernel's clock in /proc/PID/stat.
const tickMs = 10;
// ARCHITECTURE.md, numbers.
const maxAgentMib = 80;

export function testFootprint(stack: () => ReleaseStack): void {
  test('memory and idle CPU of agents and coordinators', async () => {
    const { release } = stack();
    const agents = await release.findAgents();
    const coordinators = await release.findCoordinators();
    const agentUse = await measure(agents, '/app/agent.mjs');
    const coordinatorUse = await measure(coordinators, '/app/coordinator.mjs');
    printFigure('installed_agents', describeUse(agentUse));
    printFigure('installed_coordinators_leader_first', describeUse(coordinatorUse));
    expect(Math.max(...agentUse.map((use) => use.rssMib))).toBeLessThanOrEqual(maxAgentMib);
  });
}

interface Use {
  readonly rssMib: number;
  /** Of the pod's control group: what its memory limit is held against. */
  readonly groupMib: number;
  readonly cpuPercent: number;
}

async function measure(pods: readonly RunningPod[], program: string): Promise<readonly Use[]> {
  const pidOf = ({ metadata, spec }: RunningPod): number =>
    findPodProcesses(spec.nodeName ?? '', metadata.uid ?? '', program)[0] ?? 0;
  const pids = pods.map(pidOf);
  const before = pids.map(cpuMs);
  await pause(spanMs);
  return pods.map((pod, index) => {
    const pid = pids[index] ?? 0;
    return {
      rssMib: residentMib(pid),
      groupMib: podMemoryMib(pod.spec.nodeName ?? '', pod.metadata.uid ?? ''),
      cpuPercent: ((cpuMs(pid) - (before[index] ?? 0)) / spanMs) * 100,
    };
  });
}

function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // utime and stime, counted from the field after the name.
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

function describeUse(uses: readonly Use[]): string {
  return uses
    .map(
      ({ rssMib, groupMib, cpuPercent }) =>
        `${rssMib.toFixed(1)} MiB resident, ${groupMib.toFixed(1)} MiB in its group, ${cpuPercent.toFixed(2)} % of a core`,
    )
    .join('; ');
}
