// The processes of a pod on the test bed, whose nodes are namespaces of this machine: found by their control group, so
// that one can be killed as nothing in Kubernetes kills (no SIGTERM, no word to anybody), and its memory be read.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const hierarchy = '/sys/fs/cgroup/memory';
const classes = ['', 'burstable', 'besteffort'];

/** Pids of the program in the pod, without the runtime's own pause process. */
export function findPodProcesses(nodeName: string, podUid: string, program: string): number[] {
  const folder = findFolder(nodeName, podUid);
  if (folder === undefined) return [];
  const containers = readdirSync(folder, { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  return containers
    .flatMap(({ name }) => readPids(join(folder, name)))
    .filter((pid) => readText(`/proc/${pid}/cmdline`).includes(program));
}

export function killProcesses(pids: readonly number[]): void {
  for (const pid of pids)
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
}

/** Resident memory of one process, in MiB; 0 when it is gone. */
export function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024;
}

/** What the memory limit is held against, in MiB: page cache included. */
export function podMemoryMib(nodeName: string, podUid: string): number {
  const folder = findFolder(nodeName, podUid);
  return folder === undefined
    ? 0
    : Number(readText(join(folder, 'memory.usage_in_bytes'))) / 1_048_576;
}

function findFolder(nodeName: string, podUid: string): string | undefined {
  // Node nN lives in the group tbN.
  const node = join(hierarchy, `tb${nodeName.slice(1)}`, 'kubepods');
  return classes.map((name) => join(node, name, `pod${podUid}`)).find(existsSync);
}

function readPids(folder: string): number[] {
  return readText(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
}

// What is read may be gone by then.
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
