// Requests to the API server by program, out of its own audit log (on the test bed: AUDIT=1 at `up`). Its metrics do not
// tell clients apart, and a program's own count would have to be believed.

import { open, stat } from 'node:fs/promises';
import { defaultPullNamespace } from '../../../shared/names.ts';
import type { Environment } from './environment.ts';

interface AuditEvent {
  readonly auditID: string;
  readonly user: { readonly username: string };
  readonly verb: string;
  /** None in requests such as /version. */
  readonly objectRef?: { readonly resource: string };
  readonly requestReceivedTimestamp: string;
}

/** Requests by program, verb and resource, such as `agent create pods`. */
export type RequestCounts = ReadonlyMap<string, number>;

/** Sum over what begins so, such as `agent` or `coordinator patch`. */
export function sumRequests(counts: RequestCounts, prefix: string): number {
  const fitting = [...counts].filter(([key]) => `${key} `.startsWith(`${prefix} `));
  return fitting.reduce((sum, [, count]) => sum + count, 0);
}

/** From here on; undefined when there is no audit log. */
export async function markAuditLog(
  environment: Environment,
  systemNamespace: string,
): Promise<AuditMark | undefined> {
  const file = environment.testbed?.auditLog;
  if (file === undefined) return undefined;
  try {
    return new AuditMark(file, (await stat(file)).size, systemNamespace);
  } catch {
    return undefined;
  }
}

export class AuditMark {
  readonly #file: string;
  readonly #offset: number;
  /** By service account: it cannot be mistaken for that of another Forehold on the same cluster. */
  readonly #programs: ReadonlyMap<string, string>;
  readonly #atMs = Date.now();

  constructor(file: string, offset: number, systemNamespace: string) {
    this.#file = file;
    this.#offset = offset;
    this.#programs = new Map([
      [`system:serviceaccount:${defaultPullNamespace}:forehold-agent`, 'agent'],
      [`system:serviceaccount:${systemNamespace}:forehold-coordinator`, 'coordinator'],
    ]);
  }

  /** Requests of Forehold's programs received since the mark; empty when the log is not written any more. */
  async count(): Promise<RequestCounts> {
    const seen = new Set<string>();
    const counts = new Map<string, number>();
    const file = await open(this.#file);
    try {
      const lines = file.createReadStream({ start: this.#offset, encoding: 'utf8' });
      let rest = '';
      for await (const chunk of lines) {
        const parts = `${rest}${chunk}`.split('\n');
        rest = parts.pop() ?? '';
        for (const line of parts) this.#add(line, seen, counts);
      }
    } finally {
      await file.close();
    }
    return counts;
  }

  #add(line: string, seen: Set<string>, counts: Map<string, number>): void {
    if (!line.includes(':forehold-')) return;
    const event: AuditEvent = JSON.parse(line);
    const program = this.#programs.get(event.user.username);
    // A watch is written at its start and at its end, and may have begun before the mark.
    if (program === undefined || seen.has(event.auditID)) return;
    if (Date.parse(event.requestReceivedTimestamp) < this.#atMs) return;
    seen.add(event.auditID);
    const key = `${program} ${event.verb} ${event.objectRef?.resource ?? ''}`.trim();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}
