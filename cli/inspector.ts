// The inspector's calls as the CLI wants them: all pages of a list, a watch as an iterable, and records in place of
// messages.

import type { ExplainResponse } from '../shared/gen/forehold/v1/ExplainResponse.ts';
import type { GetNodeResponse } from '../shared/gen/forehold/v1/GetNodeResponse.ts';
import type { ListImagesResponse } from '../shared/gen/forehold/v1/ListImagesResponse.ts';
import type { ListLeasesResponse } from '../shared/gen/forehold/v1/ListLeasesResponse.ts';
import type { ListLimitsResponse } from '../shared/gen/forehold/v1/ListLimitsResponse.ts';
import type { ListNodesResponse } from '../shared/gen/forehold/v1/ListNodesResponse.ts';
import type { PauseResponse } from '../shared/gen/forehold/v1/PauseResponse.ts';
import type { PauseScope } from '../shared/gen/forehold/v1/PauseScope.ts';
import type { ResumeResponse } from '../shared/gen/forehold/v1/ResumeResponse.ts';
import type { RevokeLeaseResponse } from '../shared/gen/forehold/v1/RevokeLeaseResponse.ts';
import { messages } from '../shared/rpc.ts';
import { Calls } from './calls.ts';
import type { Connection } from './connect/connection.ts';
import {
  type ExplainRecord,
  type ExplanationRecord,
  type LimitRecord,
  type PauseRecord,
  toExplainRecord,
  toExplanationRecord,
  toLimitRecord,
  toPauseRecord,
} from './explain-wire.ts';
import type { LeaseFilter, PauseTarget, Statement } from './options.ts';
import {
  type ImageRecord,
  type LeaseRecord,
  type NodeRecord,
  toImageRecord,
  toLeaseRecord,
  toNodeRecord,
} from './wire.ts';

export interface NodeDetails {
  readonly node: NodeRecord;
  readonly leases: readonly LeaseRecord[];
  readonly explanations: readonly ExplanationRecord[];
}

export interface LimitsRecord {
  readonly limits: readonly LimitRecord[];
  readonly pauses: readonly PauseRecord[];
}

const pageSize = 500;

const scopes = {
  all: 'PAUSE_SCOPE_ALL',
  policy: 'PAUSE_SCOPE_POLICY',
  image: 'PAUSE_SCOPE_IMAGE',
} as const satisfies Record<PauseTarget['scope'], PauseScope>;

/** All of its methods throw InspectorError and ConnectError. */
export class Inspector {
  readonly #calls: Calls;

  /** @throws UnsafeAddressError in plain text unless the host is a loopback address */
  constructor(connection: Connection) {
    this.#calls = new Calls(connection);
  }

  async listLeases({ node, image }: LeaseFilter, all: boolean): Promise<readonly LeaseRecord[]> {
    const attempt = 'list leases';
    const filter = { pageSize, nodeName: node, image, includeEnded: all };
    const wire = await this.#calls.collect(attempt, async (pageToken) => {
      const { leases: items, nextPageToken } = await this.#calls.call<ListLeasesResponse>(
        attempt,
        (...rest) => this.#calls.client.listLeases({ ...filter, pageToken }, ...rest),
      );
      return { items, nextPageToken };
    });
    return wire.map(toLeaseRecord);
  }

  /** Live leases, then changes. @throws the signal's reason when it aborts */
  async *watchLeases({ node, image }: LeaseFilter, signal: AbortSignal) {
    const metadata = await this.#calls.metadata();
    const stream = this.#calls.client.watchLeases({ nodeName: node, image }, metadata);
    try {
      for await (const { lease } of messages(stream, signal))
        if (lease !== null) yield toLeaseRecord(lease);
    } catch (error) {
      throw signal.aborted ? error : this.#calls.explain('watch leases', error);
    } finally {
      stream.cancel();
    }
  }

  async listImages(): Promise<readonly ImageRecord[]> {
    const attempt = 'list images';
    const wire = await this.#calls.collect(attempt, async (pageToken) => {
      const { images: items, nextPageToken } = await this.#calls.call<ListImagesResponse>(
        attempt,
        (...rest) => this.#calls.client.listImages({ pageSize, pageToken }, ...rest),
      );
      return { items, nextPageToken };
    });
    return wire.map(toImageRecord);
  }

  async listNodes(): Promise<readonly NodeRecord[]> {
    const attempt = 'list nodes';
    const wire = await this.#calls.collect(attempt, async (pageToken) => {
      const { nodes: items, nextPageToken } = await this.#calls.call<ListNodesResponse>(
        attempt,
        (...rest) => this.#calls.client.listNodes({ pageSize, pageToken }, ...rest),
      );
      return { items, nextPageToken };
    });
    return wire.map(toNodeRecord);
  }

  async getNode(name: string): Promise<NodeDetails | undefined> {
    const answer = await this.#calls.call<GetNodeResponse>('show the node', (...rest) =>
      this.#calls.client.getNode({ name }, ...rest),
    );
    if (answer.node === null) return undefined;
    return {
      node: toNodeRecord(answer.node),
      leases: answer.leases.map(toLeaseRecord),
      explanations: answer.explanations.map(toExplanationRecord),
    };
  }

  async explain(image: string, nodeName: string): Promise<ExplainRecord> {
    const answer = await this.#calls.call<ExplainResponse>('explain', (...rest) =>
      this.#calls.client.explain({ image, nodeName }, ...rest),
    );
    return toExplainRecord(answer);
  }

  async listLimits(limit: string): Promise<LimitsRecord> {
    const attempt = 'list limits';
    const pauses: PauseRecord[] = [];
    const wire = await this.#calls.collect(attempt, async (pageToken) => {
      const page = await this.#calls.call<ListLimitsResponse>(attempt, (...rest) =>
        this.#calls.client.listLimits({ pageSize, pageToken, limit }, ...rest),
      );
      pauses.push(...page.pauses.map(toPauseRecord));
      return { items: page.limits, nextPageToken: page.nextPageToken };
    });
    return { limits: wire.map(toLimitRecord), pauses };
  }

  /** Returns how many pulls go on. */
  async pause({ scope, name }: PauseTarget, statement: Statement): Promise<PauseAnswer> {
    const request = { scope: scopes[scope], name, ...statement };
    const answer = await this.#calls.call<PauseResponse>('pause', (...rest) =>
      this.#calls.client.pause(request, ...rest),
    );
    const { pause, pullsUnderWay } = answer;
    return { pause: pause === null ? null : toPauseRecord(pause), pullsUnderWay };
  }

  /** Returns what is still paused. */
  async resume({ scope, name }: PauseTarget): Promise<readonly PauseRecord[]> {
    const answer = await this.#calls.call<ResumeResponse>('resume', (...rest) =>
      this.#calls.client.resume({ scope: scopes[scope], name }, ...rest),
    );
    return answer.pauses.map(toPauseRecord);
  }

  async revoke(leaseId: string, statement: Statement): Promise<RevokeAnswer> {
    const answer = await this.#calls.call<RevokeLeaseResponse>('revoke the lease', (...rest) =>
      this.#calls.client.revokeLease({ leaseId, ...statement }, ...rest),
    );
    const { lease, note } = answer;
    return { lease: lease === null ? null : toLeaseRecord(lease), note };
  }

  close(): void {
    this.#calls.close();
  }
}

export interface PauseAnswer {
  readonly pause: PauseRecord | null;
  readonly pullsUnderWay: number;
}

export interface RevokeAnswer {
  readonly lease: LeaseRecord | null;
  readonly note: string;
}
