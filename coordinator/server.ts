// The gRPC server: sessions of agents, the inspector, reflection and health behind one listener. Ends within its
// deadline, whatever streams do.

import { Server, type ServerOptions, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { HealthImplementation, service as healthService } from 'grpc-health-check';
import { openSystemClock, waitFor } from '../shared/clock.ts';
import { loadContract, loadDescription } from '../shared/proto.ts';
import { bounds } from '../shared/protocol.ts';
import { guardRequests } from '../shared/rpc.ts';
import type { ConnectionPhase } from './connections.ts';
import { openInjector } from './http2-server.ts';
import { Listener, type ListenerOptions, type ServingCertificate } from './listener.ts';
import { addReflection } from './reflection.ts';
import type { SessionCall } from './session/transport.ts';

export interface GrpcServerOptions extends ListenerOptions {
  readonly onSession: (call: SessionCall) => void;
  readonly inspector: UntypedServiceImplementation;
}

export interface ServingState {
  /** This process can do its part: health of the whole server, as /readyz. */
  readonly isReady: boolean;
  /** It has all lists and leads: health of each of our services. */
  readonly isLeading: boolean;
}

export interface GrpcServer {
  /** The port listened on, also when 0 was asked for. */
  readonly port: number;
  /** Serves the certificate to new connections; with TLS there are none before the first. */
  certify(certificate: ServingCertificate): void;
  /** Connections that are in this phase. */
  connections(phase: ConnectionPhase): number;
  /** What the health service says from now on. */
  setServing(state: ServingState): void;
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
  // Its records of every connection would cost memory, and nothing reads them.
  'grpc.enable_channelz': 0,
};

const stopDeadlineMs = 1_000;

const services = ['forehold.v1.SessionService', 'forehold.v1.InspectorService'] as const;

/**
 * @throws UnsafeAddressError without TLS unless the host is a loopback address; Error when it cannot be listened on.
 */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const listener = new Listener(options);
  const { SessionService, InspectorService } = loadContract();
  const server = new Server(serverOptions);
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  const setServing = ({ isReady, isLeading }: ServingState): void => {
    health.setStatus('', isReady ? 'SERVING' : 'NOT_SERVING');
    for (const service of services)
      health.setStatus(service, isLeading ? 'SERVING' : 'NOT_SERVING');
  };
  setServing({ isReady: false, isLeading: false });
  server.addService(guardRequests(SessionService.service, bounds.maxAgentMessageBytes), {
    Session: (call: SessionCall) => options.onSession(call),
  });
  server.addService(
    guardRequests(InspectorService.service, maxInspectorRequestBytes),
    options.inspector,
  );
  health.addToServer(server);
  addReflection(server, loadDescription(describeHealth()));
  const port = await listener.start(openInjector(server, listener));
  return {
    port,
    certify: (certificate) => listener.certify(certificate),
    connections: (phase) => listener.count(phase),
    setServing,
    stop: () => stop(server, listener),
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

// In real time, whatever the coordinator's clock does: somebody waits for the process to end.
async function stop(server: Server, listener: Listener): Promise<void> {
  const deadline = new AbortController();
  const ended = listener.drain();
  // Tells clients to go once their calls have ended; that of injected connections grpc-js does not wait for.
  server.tryShutdown(() => undefined);
  await Promise.race([ended, waitFor(openSystemClock(), stopDeadlineMs, deadline.signal)]);
  deadline.abort();
  server.forceShutdown();
  listener.stop();
}
