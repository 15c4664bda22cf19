// An inspector on a real port of this machine, so that the CLI is tested over the wire it will use.

import {
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import type { DesiredImageInput } from '../../shared/gen/forehold/v1/DesiredImage.ts';
import type { ExplainResponseInput } from '../../shared/gen/forehold/v1/ExplainResponse.ts';
import type { GetNodeResponseInput } from '../../shared/gen/forehold/v1/GetNodeResponse.ts';
import type { InspectorServiceHandlers } from '../../shared/gen/forehold/v1/InspectorService.ts';
import type { LeaseInput } from '../../shared/gen/forehold/v1/Lease.ts';
import type { ListLeasesRequest } from '../../shared/gen/forehold/v1/ListLeasesRequest.ts';
import type { ListLimitsResponseInput } from '../../shared/gen/forehold/v1/ListLimitsResponse.ts';
import type { NodeInput } from '../../shared/gen/forehold/v1/Node.ts';
import type { PauseResponseInput } from '../../shared/gen/forehold/v1/PauseResponse.ts';
import type { ResumeResponseInput } from '../../shared/gen/forehold/v1/ResumeResponse.ts';
import type { RevokeLeaseResponseInput } from '../../shared/gen/forehold/v1/RevokeLeaseResponse.ts';
import type { WatchLeasesRequest } from '../../shared/gen/forehold/v1/WatchLeasesRequest.ts';
import type { WatchLeasesResponseInput } from '../../shared/gen/forehold/v1/WatchLeasesResponse.ts';
import { loadContract } from '../../shared/proto.ts';

export interface FakeInspector {
  readonly target: string;
  readonly leaseRequests: readonly ListLeasesRequest[];
  readonly watchRequests: readonly WatchLeasesRequest[];
  /** All others. */
  readonly requests: readonly object[];
  /** Ends the open watches the way a stopping coordinator does. */
  endWatches(): void;
  close(): void;
}

export interface Content {
  readonly leases?: readonly LeaseInput[];
  readonly images?: readonly DesiredImageInput[];
  readonly nodes?: readonly NodeInput[];
  readonly limits?: ListLimitsResponseInput;
  readonly explain?: ExplainResponseInput;
  readonly node?: GetNodeResponseInput;
  readonly revoke?: RevokeLeaseResponseInput;
  readonly pause?: PauseResponseInput;
  readonly resume?: ResumeResponseInput;
}

/** Serves pages of two. */
export async function startFakeInspector(content: Content): Promise<FakeInspector> {
  const leaseRequests: ListLeasesRequest[] = [];
  const watchRequests: WatchLeasesRequest[] = [];
  const requests: object[] = [];
  function reply<T>(request: object, content: T | undefined, answer: sendUnaryData<T>): void {
    requests.push(request);
    if (content === undefined) answer({ code: 5, details: 'there is no such thing' });
    else answer(null, content);
  }
  const watches = new Set<ServerWritableStream<WatchLeasesRequest, WatchLeasesResponseInput>>();
  const handlers: InspectorServiceHandlers = {
    ListLeases: (call, answer) => {
      leaseRequests.push(call.request);
      const { items, nextPageToken } = paginate(content.leases ?? [], call.request.pageToken);
      answer(null, { leases: items, nextPageToken });
    },
    ListImages: (call, answer) => {
      const { items, nextPageToken } = paginate(content.images ?? [], call.request.pageToken);
      answer(null, { images: items, nextPageToken });
    },
    ListNodes: (call, answer) => {
      const { items, nextPageToken } = paginate(content.nodes ?? [], call.request.pageToken);
      answer(null, { nodes: items, nextPageToken });
    },
    GetNode: (call, answer) => reply(call.request, content.node, answer),
    ListLimits: (call, answer) => reply(call.request, content.limits, answer),
    Explain: (call, answer) => reply(call.request, content.explain, answer),
    RevokeLease: (call, answer) => reply(call.request, content.revoke, answer),
    Pause: (call, answer) => reply(call.request, content.pause, answer),
    Resume: (call, answer) => reply(call.request, content.resume, answer),
    GetLease: (_call, answer) => answer({ code: 5, details: 'no such lease' }),
    WatchLeases: (call) => {
      watchRequests.push(call.request);
      watches.add(call);
      for (const lease of content.leases ?? []) call.write({ lease });
    },
  };
  const server = new Server();
  server.addService(loadContract().InspectorService.service, handlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    target: `127.0.0.1:${port}`,
    leaseRequests,
    watchRequests,
    requests,
    endWatches: () => {
      for (const call of watches)
        call.emit('error', { code: 14, details: 'the coordinator stops' });
    },
    close: () => server.forceShutdown(),
  };
}

function paginate<T>(all: readonly T[], token: string): { items: T[]; nextPageToken: string } {
  const start = Number(token || '0');
  const end = start + 2;
  return { items: all.slice(start, end), nextPageToken: end < all.length ? String(end) : '' };
}
