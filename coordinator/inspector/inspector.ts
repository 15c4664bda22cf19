// InspectorService over the views of the core (proto/forehold/v1/inspector.proto), and the few things that people may ask
// of it.

import type { handleUnaryCall, Metadata } from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock.ts';
import type { InspectorServiceHandlers } from '../../shared/gen/forehold/v1/InspectorService.ts';
import type { ListLeasesRequest } from '../../shared/gen/forehold/v1/ListLeasesRequest.ts';
import type { ListLeasesResponseInput } from '../../shared/gen/forehold/v1/ListLeasesResponse.ts';
import type { Log } from '../../shared/log.ts';
import { StatusError, toServiceError } from '../../shared/rpc.ts';
import type { ImageView, Inquiries, LeaseView } from '../core/views.ts';
import type { Views } from '../metrics.ts';
import { type Actions, type Caller, pause, resume, revokeLease } from './actions.ts';
import { explain, getNode, listLimits } from './explain.ts';
import type { LeaseFeed } from './lease-feed.ts';
import { isLive, matchesFilter, parseLeaseFilter } from './lease-filter.ts';
import { cutPage } from './pages.ts';
import { watchLeases } from './watch-leases.ts';
import { toDesiredImage, toLease, toNode } from './wire.ts';

export interface InspectorViews extends Views {
  lease(id: string): LeaseView | undefined;
  readonly inquiry: Inquiries;
}

export interface InspectorOptions {
  /**
   * @throws StatusError UNAVAILABLE until the core exists.
   */
  readonly views: () => InspectorViews;
  /**
   * @throws StatusError UNAVAILABLE until this coordinator leads.
   */
  readonly actions: () => Actions;
  /** The user that the call's token proved; empty without authentication. */
  readonly identify: (call: { readonly metadata: Metadata }) => string;
  readonly feed: LeaseFeed;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts with the status that ends every watch. */
  readonly signal: AbortSignal;
}

export function openInspector(options: InspectorOptions): InspectorServiceHandlers {
  const { views, actions, identify, feed, clock, log, signal } = options;
  const callerOf = (call: { readonly metadata: Metadata }): Caller => ({
    user: identify(call),
    now: clock.now(),
  });
  return {
    ListLeases: unary(log, (request) => listLeases(request, views(), clock)),
    WatchLeases: (call) =>
      void watchLeases({ call, feed, leases: () => views().leases(), clock, signal }),
    GetLease: unary(log, ({ leaseId }) => {
      const lease = views().lease(leaseId);
      if (lease === undefined) throw new StatusError('NOT_FOUND', 'there is no such lease');
      return { lease: toLease(lease, clock.now().wallMs) };
    }),
    ListNodes: unary(log, (request) => {
      const page = cutPage(views().nodes(), ({ name }) => name, { ...request, scope: ['nodes'] });
      return { nodes: page.items.map(toNode), nextPageToken: page.nextPageToken };
    }),
    ListImages: unary(log, (request) => {
      const page = cutPage(views().images(), imageKey, { ...request, scope: ['images'] });
      return { images: page.items.map(toDesiredImage), nextPageToken: page.nextPageToken };
    }),
    GetNode: unary(log, (request) => getNode(request, views(), clock.now())),
    ListLimits: unary(log, (request) => listLimits(request, views().inquiry, clock.now())),
    Explain: unary(log, (request) => explain(request, views().inquiry, clock.now())),
    RevokeLease: unary(log, (request, call) => revokeLease(request, actions(), callerOf(call))),
    Pause: unary(log, (request, call) => pause(request, actions(), callerOf(call))),
    Resume: unary(log, (request) => resume(request, actions())),
  };
}

function listLeases(
  request: ListLeasesRequest,
  views: InspectorViews,
  clock: Clock,
): ListLeasesResponseInput {
  const { includeEnded } = request;
  const filter = parseLeaseFilter(request);
  const wanted = [...views.leases()].filter(
    (lease) => (includeEnded || isLive(lease)) && matchesFilter(lease, filter),
  );
  const scope = ['leases', filter.nodeName, filter.image, String(includeEnded)];
  const page = cutPage(wanted, leaseKey, { ...request, scope });
  const { wallMs } = clock.now();
  const leases = page.items.map((lease) => toLease(lease, wallMs));
  return { leases, nextPageToken: page.nextPageToken };
}

// EPOCH-NUMBER, so that 1-2 comes before 1-10.
function leaseKey({ id }: LeaseView): string {
  return id
    .split('-')
    .map((part) => part.padStart(16, '0'))
    .join('-');
}

function imageKey({ image, pullSecrets }: ImageView): string {
  return `${image}|${pullSecrets.join(',')}`;
}

function unary<Request, Response>(
  log: Log,
  answer: (request: Request, call: { readonly metadata: Metadata }) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    try {
      // The guard of requests puts an error in the place of a message that cannot be read.
      if (call.request instanceof StatusError) throw call.request;
      callback(null, await answer(call.request, call));
    } catch (error) {
      if (error instanceof StatusError) return callback(toServiceError(error));
      log.error({ err: error, method: call.getPath() }, 'inspector request failed');
      callback(toServiceError(new StatusError('INTERNAL', 'cannot answer: see the log')));
    }
  };
}
