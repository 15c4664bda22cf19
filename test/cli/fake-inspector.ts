// An inspector on a real port of this machine, so that the CLI is tested over the wire it will use.

import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import type { DesiredImageInput } from '../../shared/gen/forehold/v1/DesiredImage.ts';
import type { InspectorServiceHandlers } from '../../shared/gen/forehold/v1/InspectorService.ts';
import type { LeaseInput } from '../../shared/gen/forehold/v1/Lease.ts';
import type { ListLeasesRequest } from '../../shared/gen/forehold/v1/ListLeasesRequest.ts';
import type { NodeInput } from '../../shared/gen/forehold/v1/Node.ts';
import type { WatchLeasesRequest } from '../../shared/gen/forehold/v1/WatchLeasesRequest.ts';
import type { WatchLeasesResponseInput } from '../../shared/gen/forehold/v1/WatchLeasesResponse.ts';
import { loadContract } from '../../shared/proto.ts';

export interface FakeInspector {
  readonly target: string;
  readonly leaseRequests: readonly ListLeasesRequest[];
  readonly watchRequests: readonly WatchLeasesRequest[];
  /** Ends the open watches the way a stopping coordinator does. */
  endWatches(): void;
  close(): void;
}

export interface Content {
  readonly leases?: readonly LeaseInput[];
  readonly images?: readonly DesiredImageInput[];
  readonly nodes?: readonly NodeInput[];
}

/** Serves pages of two. */
export async function startFakeInspector(content: Content): Promise<FakeInspector> {
  const leaseRequests: ListLeasesRequest[] = [];
  const watchRequests: WatchLeasesRequest[] = [];
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
