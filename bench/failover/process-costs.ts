// What a process has cost so far, as the kernel counts it.

import { readFileSync } from 'node:fs';

/** Kernel's clock ticks in a second: USER_HZ, the same on every Linux. */
const ticksPerSecond = 100;

/** User and system time so far. */
export function readCpuSeconds(pid: number | undefined): number {
  // After the name, which may contain anything, in parentheses: fields 14 and 15 of the line.
  const fields = read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export function readResidentMib(pid: number | undefined, kind: 'now' | 'peak'): number {
  const field = kind === 'now' ? 'VmRSS' : 'VmHWM';
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(pid, 'status'));
  return Math.round(Number(found?.[1]) / 1_024);
}

function read(pid: number | undefined, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, 'utf8');
}
