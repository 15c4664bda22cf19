// The gRPC server: sessions of agents, the inspector, reflection and health on one listener. Plain text, and so on a
// loopback address only; ends within its deadline, whatever streams do.

import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, service as healthService } from 'grpc-health-check';
import { openSystemClock, waitFor } from '../shared/clock.ts';
import type { HostPort } from '../shared/env.ts';
import type { InspectorServiceHandlers } from '../shared/gen/forehold/v1/InspectorService.ts';
import { requireLoopback } from '../shared/loopback.ts';
import { loadContract, loadDescription } from '../shared/proto.ts';
import { bounds } from '../shared/protocol.ts';
import { guardRequests } from '../shared/rpc.ts';
import type { SessionCall } from './session/transport.ts';

export interface GrpcServerOptions extends HostPort {
  readonly onSession: (call: SessionCall) => void;
  readonly inspector: InspectorServiceHandlers;
}

export interface GrpcServer {
  /** The port listened on, also when 0 was asked for. */
  readonly port: number;
  /** What the health service says from now on. */
  setServing(serving: boolean): void;
  /** Waits a little for calls to end, then ends them; idempotent. */
  stop(): Promise<void>;
}

// Above the bound on messages, so that ours is the answer to one that is too large, and yet no flood.
const maxReceivedBytes = 16 * bounds.maxAgentMessageBytes;
const maxInspectorRequestBytes = 16 * 1024;

const serverOptions: ServerOptions = {
  'grpc.max_receive_message_length': maxReceivedBytes,
  // Per connection; an agent needs one, a person with grpcurl a few.
  'grpc.max_concurrent_streams': 100,
  // A peer that vanished without a word is noticed within 40 s.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // A connection without a call costs nobody but us.
  'grpc.max_connection_idle_ms': 300_000,
};

const stopDeadlineMs = 1_000;

/**
 * @throws UnsafeAddressError unless the host is a loopback address; Error when it cannot be listened on.
 */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  requireLoopback('listen', options.host);
  const { SessionService, InspectorService } = loadContract();
  const server = new Server(serverOptions);
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  server.addService(guardRequests(SessionService.service, bounds.maxAgentMessageBytes), {
    Session: (call: SessionCall) => options.onSession(call),
  });
  server.addService(
    guardRequests(InspectorService.service, maxInspectorRequestBytes),
    options.inspector,
  );
  health.addToServer(server);
  new ReflectionService(loadDescription(describeHealth())).addToServer(server);
  const port = await bind(server, options);
  return {
    port,
    setServing: (serving) => health.setStatus('', serving ? 'SERVING' : 'NOT_SERVING'),
    stop: () => stop(server),
  };
}

// The health package shows its types through its methods alone.
function describeHealth(): PackageDefinition {
  const types = Object.values(healthService).flatMap(({ path, requestType, responseType }) => [
    [`${path} request`, requestType] as const,
    [`${path} response`, responseType] as const,
  ]);
  return Object.fromEntries(types);
}

function bind(server: Server, { host, port }: HostPort): Promise<number> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new Error(`cannot listen on ${address}: ${error.message}`, { cause: error }));
    });
  });
}

// In real time, whatever the coordinator's clock does: somebody waits for the process to end.
async function stop(server: Server): Promise<void> {
  const deadline = new AbortController();
  const ended = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  await Promise.race([ended, waitFor(openSystemClock(), stopDeadlineMs, deadline.signal)]);
  deadline.abort();
  server.forceShutdown();
}
