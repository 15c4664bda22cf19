// A gRPC port with TLS, sessions behind it, and certificates to serve it with.

import type { sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { ConnectionBounds } from '../../coordinator/connection-bounds.ts';
import type { EndReason } from '../../coordinator/connections.ts';
import type { Event } from '../../coordinator/core/events.ts';
import { openInspector } from '../../coordinator/inspector/inspector.ts';
import { LeaseFeed } from '../../coordinator/inspector/lease-feed.ts';
import type { ServingCertificate } from '../../coordinator/listener.ts';
import { openCoordinatorMetrics } from '../../coordinator/metrics.ts';
import { startGrpcServer } from '../../coordinator/server.ts';
import { SessionServer } from '../../coordinator/session/session-server.ts';
import { openAgentStream } from '../../coordinator/session/transport.ts';
import { x509Issuer } from '../../coordinator/tls/issue.ts';
import { openSystemClock } from '../../shared/clock.ts';
import type { InspectorServiceHandlers } from '../../shared/gen/forehold/v1/InspectorService.ts';
import type { ListNodesResponseInput } from '../../shared/gen/forehold/v1/ListNodesResponse.ts';
import type { Log } from '../../shared/log.ts';
import { StatusError } from '../../shared/rpc.ts';
import { clock, FakeAgent, openTestLog, type TlsPort } from './stand.ts';

const dayMs = 24 * 60 * 60_000;
export const serverName = 'forehold-sessions.forehold.svc';

export interface Certified extends ServingCertificate {
  /** The authority's certificate. */
  readonly ca: string;
}

/** A certificate of an authority of its own, valid from and to so many days from now. */
export async function makeCertificate(fromDays = -1, toDays = 30): Promise<Certified> {
  const nowMs = Date.now();
  const validity = { notBeforeMs: nowMs + fromDays * dayMs, notAfterMs: nowMs + toDays * dayMs };
  const lasting = { notBeforeMs: nowMs - 60 * dayMs, notAfterMs: nowMs + 60 * dayMs };
  const authority = await x509Issuer.issueAuthority(lasting);
  const serving = await x509Issuer.issueServing(authority, [serverName], validity);
  return { ...serving, ca: authority.certificate };
}

interface StandOptions {
  readonly isCertified?: boolean;
  readonly tls?: boolean;
  /** Of each answer to ListNodes; without it the inspector refuses every call. */
  readonly listBytes?: number;
  /** Of the port's own clock. */
  readonly clockSpeed?: number;
  /** So many streams are refused at first, as a standby does it. */
  readonly refusals?: number;
}

/** Sessions answer Hello with Welcome and do nothing else. */
export async function startTlsPort(
  bounds: Partial<ConnectionBounds> = {},
  {
    isCertified = true,
    listBytes = 0,
    clockSpeed = 1,
    tls = true,
    refusals = 0,
  }: StandOptions = {},
) {
  const { log, lines } = openTestLog();
  const metrics = openCoordinatorMetrics(() => undefined);
  const events: Event[] = [];
  const ended: EndReason[] = [];
  const peers: string[] = [];
  let count = 0;
  const sessions = new SessionServer({
    clock,
    log,
    metrics,
    newId: () => `s${++count}`,
    onEvent: (event) => {
      events.push(event);
      if (event.kind !== 'helloReceived') return;
      const { sessionId } = event;
      const welcome = { epoch: 1, inventoryWanted: true, heartbeatIntervalMs: 10_000 } as const;
      const rest = { offerTtlMs: 15_000, acknowledged: [] };
      sessions.send(sessionId, { kind: 'welcome', sessionId, ...welcome, ...rest });
    },
  });
  const grpc = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    tls,
    log,
    bounds,
    clock: openSystemClock(clockSpeed),
    onEnded: (reason) => ended.push(reason),
    onSession: (call) => {
      const stream = openAgentStream(call, clock);
      peers.push(stream.peer);
      if (peers.length <= refusals) stream.end(new StatusError('UNAVAILABLE', 'stands by'));
      else void sessions.serve(stream);
    },
    inspector: listBytes > 0 ? listing(listBytes) : refusing(log),
  });
  const certified = await makeCertificate();
  if (isCertified) grpc.certify(certified);
  const to: TlsPort = { port: grpc.port, tls: { ca: certified.ca, serverName } };
  const agents: FakeAgent[] = [];
  return {
    grpc,
    sessions,
    events,
    ended,
    peers,
    lines,
    certified,
    to,
    dial: (target: TlsPort = to): FakeAgent => {
      const agent = new FakeAgent(target);
      agents.push(agent);
      return agent;
    },
    stop: (): Promise<void> => {
      for (const agent of agents) agent.close();
      return grpc.stop();
    },
  };
}

function refusing(log: Log): InspectorServiceHandlers {
  const absent = (): never => {
    throw new StatusError('UNAVAILABLE', 'no core');
  };
  const { signal } = new AbortController();
  const parts = { views: absent, actions: absent, identify: absent, feed: new LeaseFeed() };
  return openInspector({ ...parts, clock, log, signal });
}

function listing(bytes: number): UntypedServiceImplementation {
  return {
    listNodes: (_: unknown, done: sendUnaryData<ListNodesResponseInput>) =>
      done(null, { nodes: [], nextPageToken: 'x'.repeat(bytes) }),
  };
}
