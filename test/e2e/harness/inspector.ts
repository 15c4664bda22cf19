// What the coordinator says of its leases, asked the way an operator asks: grpcurl, by reflection.

import { runCommand } from './commands.ts';

/** A lease as grpcurl prints it: what is empty or zero is not there. */
export interface ShownLease {
  readonly id: string;
  readonly phase: string;
  readonly nodeName: string;
  readonly image: string;
  readonly podName: string;
  readonly podUid?: string;
  /** Such as `3.120s`. */
  readonly age?: string;
  readonly outcome?: string;
}

/** A row of ListLimits, in the same form. */
export interface ShownLimit {
  readonly limit: string;
  readonly per: string;
  readonly scope?: string;
  readonly inUse?: number;
  readonly slots?: number;
}

const livePhases = [
  'LEASE_PHASE_OFFERED',
  'LEASE_PHASE_HELD',
  'LEASE_PHASE_REVOKING',
  'LEASE_PHASE_SUSPECT',
];

/** How grpcurl reaches the coordinator now. */
export interface Dial {
  readonly args: readonly string[];
  /** HOST:PORT. */
  readonly address: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export class Inspector {
  readonly #dial: () => Promise<Dial>;

  constructor(dial: () => Promise<Dial>) {
    this.#dial = dial;
  }

  /** Live leases; `image` as in ListLeasesRequest, all without it. */
  async leases(image = ''): Promise<readonly ShownLease[]> {
    const answer: { leases?: readonly ShownLease[] } = await this.#ask('ListLeases', { image });
    return answer.leases ?? [];
  }

  async lease(leaseId: string): Promise<ShownLease> {
    const answer: { lease: ShownLease } = await this.#ask('GetLease', { lease_id: leaseId });
    return answer.lease;
  }

  async limits(): Promise<readonly ShownLimit[]> {
    const answer: { limits?: readonly ShownLimit[] } = await this.#ask('ListLimits', {});
    return answer.limits ?? [];
  }

  /** The reasons for which nodes do or do not have the image, such as `REASON_CACHED`, with how many nodes. */
  async explain(image: string): Promise<ReadonlyMap<string, number>> {
    const answer: { counts?: readonly { reason: string; nodes: number }[] } = await this.#ask(
      'Explain',
      { image },
    );
    return new Map(answer.counts?.map(({ reason, nodes }) => [reason, nodes]));
  }

  async #ask<T>(method: string, request: Readonly<Record<string, unknown>>): Promise<T> {
    const name = `forehold.v1.InspectorService/${method}`;
    const { args, address, environment = {} } = await this.#dial();
    const all = [...args, '-max-time', '10', '-d', JSON.stringify(request), address, name];
    const answer: T = JSON.parse(await runCommand('grpcurl', all, { environment }));
    return answer;
  }
}

export function isLive(lease: ShownLease): boolean {
  return livePhases.includes(lease.phase);
}
