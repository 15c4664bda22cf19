// The coordinator of the run, as its own process would start it, on loopback ports.

import { createServer } from 'node:net';
import { Coordinator, type CoordinatorOptions } from '../../coordinator/coordinator.ts';
import { ports } from '../../shared/names.ts';
import type { Views } from './snapshot.ts';

export interface RunningCoordinator extends Views {
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Settles when it has stopped; rejects when it broke. */
  readonly ended: Promise<void>;
}

export type CoordinatorSettings = Omit<CoordinatorOptions, 'grpc' | 'http'>;

const host = '127.0.0.1';

interface PortChoice {
  readonly grpc: number;
  readonly http: number;
}

/**
 * Starts it and waits until it listens: on the usual ports when they are free, else on others.
 * @throws what keeps it from listening, or the signal's reason
 */
export async function startCoordinator(
  settings: CoordinatorSettings,
  signal: AbortSignal,
): Promise<RunningCoordinator> {
  const [grpc, http] = await Promise.all([findFreePort(ports.grpc), findFreePort(ports.http)]);
  try {
    return await startOn({ grpc, http }, settings, signal);
  } catch (error) {
    if (signal.aborted || (grpc === 0 && http === 0)) throw error;
    // Somebody may have taken a port since the look at it: a second `npm start`, for one.
    return startOn({ grpc: 0, http: 0 }, settings, signal);
  }
}

async function startOn(
  { grpc, http }: PortChoice,
  settings: CoordinatorSettings,
  signal: AbortSignal,
): Promise<RunningCoordinator> {
  const coordinator = new Coordinator({
    ...settings,
    grpc: { host, port: grpc },
    http: { host, port: http },
  });
  const ended = coordinator.run(signal);
  // Whoever awaits it learns of its failure; until then it must not end the process.
  ended.catch(() => undefined);
  // A coordinator that breaks before it listens never will.
  const listening = await Promise.race([coordinator.listening, ended.then(() => undefined)]);
  if (listening === undefined) throw signal.reason ?? new Error('the coordinator ended');
  return {
    ...listening,
    ended,
    nodes: () => coordinator.nodes(),
    images: () => coordinator.images(),
    leases: () => coordinator.leases(),
  };
}

/** The port itself when nobody listens on it, else 0: the system chooses. */
function findFreePort(port: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(port)));
  });
}
