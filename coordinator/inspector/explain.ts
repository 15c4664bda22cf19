// Explain, GetNode and ListLimits: what the core says of itself when it is asked why.

import type { Instant } from '../../shared/clock.ts';
import type { ExplainRequest } from '../../shared/gen/forehold/v1/ExplainRequest.ts';
import type { ExplainResponseInput } from '../../shared/gen/forehold/v1/ExplainResponse.ts';
import type { GetNodeRequest } from '../../shared/gen/forehold/v1/GetNodeRequest.ts';
import type { GetNodeResponseInput } from '../../shared/gen/forehold/v1/GetNodeResponse.ts';
import type { ListLimitsRequest } from '../../shared/gen/forehold/v1/ListLimitsRequest.ts';
import type { ListLimitsResponseInput } from '../../shared/gen/forehold/v1/ListLimitsResponse.ts';
import { fromReason } from '../../shared/reason.ts';
import { StatusError } from '../../shared/rpc.ts';
import type { Inquiries, LeaseView } from '../core/views.ts';
import { toExplanation, toLimitScopeUse, toPause } from './explain-wire.ts';
import { isLive, parseLeaseFilter } from './lease-filter.ts';
import { cutPage } from './pages.ts';
import { toLease, toNode } from './wire.ts';

/** A node that is a target of more images than this is explained image by image. */
const maxExplanations = 500;

export function explain(
  request: ExplainRequest,
  inquiry: Inquiries,
  now: Instant,
): ExplainResponseInput {
  const { image, nodeName } = parseLeaseFilter(request);
  if (image === '') throw new StatusError('INVALID_ARGUMENT', 'image is empty');
  if (!inquiry.isDesired(image))
    throw new StatusError('NOT_FOUND', `no CachedImage wants ${image}`);
  if (nodeName !== '') {
    const explanations = inquiry.explainPair(image, nodeName, now);
    if (explanations.length === 0) throw noSuchNode(nodeName);
    return { image, explanations: explanations.map(toExplanation) };
  }
  const { worst, counts } = inquiry.explainImage(image, now);
  const sorted = [...counts].sort(
    ([reasonA, a], [reasonB, b]) => b - a || (reasonA < reasonB ? -1 : 1),
  );
  return {
    image,
    explanations: worst.map(toExplanation),
    counts: sorted.map(([reason, nodes]) => ({ reason: fromReason(reason), nodes })),
  };
}

export function getNode(
  { name }: GetNodeRequest,
  views: { readonly inquiry: Inquiries; leases(): Iterable<LeaseView> },
  now: Instant,
): GetNodeResponseInput {
  const { nodeName } = parseLeaseFilter({ nodeName: name, image: '' });
  const node = views.inquiry.node(nodeName);
  if (node === undefined) throw noSuchNode(nodeName);
  const leases = [...views.leases()].filter((lease) => lease.nodeUid === node.uid && isLive(lease));
  return {
    node: toNode(node),
    leases: leases.sort(byId).map((lease) => toLease(lease, now.wallMs)),
    explanations: views.inquiry
      .explainNode(nodeName, now)
      .slice(0, maxExplanations)
      .map(toExplanation),
  };
}

export function listLimits(
  request: ListLimitsRequest,
  inquiry: Inquiries,
  now: Instant,
): ListLimitsResponseInput {
  const rows = inquiry
    .limits(now)
    .filter(({ limit }) => request.limit === '' || limit === request.limit);
  const page = cutPage(rows, ({ limit, scope }) => `${limit}|${scope}`, {
    ...request,
    scope: ['limits', request.limit],
  });
  return {
    limits: page.items.map(toLimitScopeUse),
    nextPageToken: page.nextPageToken,
    pauses: request.pageToken === '' ? inquiry.pauses().map(toPause) : [],
  };
}

function byId(a: LeaseView, b: LeaseView): number {
  return a.id.localeCompare(b.id, 'en', { numeric: true });
}

function noSuchNode(name: string): StatusError {
  return new StatusError('NOT_FOUND', `there is no node ${name}`);
}
