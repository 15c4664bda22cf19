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

const livePhases = [
  'LEASE_PHASE_OFFERED',
  'LEASE_PHASE_HELD',
  'LEASE_PHASE_REVOKING',
  'LEASE_PHASE_SUSPECT',
];

export class Inspector {
  readonly #address: string;

  /** @param address HOST:PORT of the coordinator's gRPC listener */
  constructor(address: string) {
    this.#address = address;
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

  async #ask<T>(method: string, request: Readonly<Record<string, unknown>>): Promise<T> {
    const name = `forehold.v1.InspectorService/${method}`;
    const args = ['-plaintext', '-max-time', '10', '-d', JSON.stringify(request)];
    const answer: T = JSON.parse(await runCommand('grpcurl', [...args, this.#address, name]));
    return answer;
  }
}

export function isLive(lease: ShownLease): boolean {
  return livePhases.includes(lease.phase);
}
