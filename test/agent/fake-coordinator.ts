// The coordinator's side over real gRPC on a free port: tests say what it answers.

import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import type { SessionServiceHandlers } from '../../shared/gen/forehold/v1/SessionService.ts';
import { loadContract } from '../../shared/proto.ts';
import type { AgentMessage, CoordinatorMessage } from '../../shared/protocol.ts';
import { type Addressed, fromAgentMessage, toCoordinatorMessage } from '../../shared/wire.ts';

export interface FakeSession {
  readonly received: readonly Addressed<AgentMessage>[];
  send(message: CoordinatorMessage, sessionId?: string): void;
  /** As a coordinator that stops. */
  end(): void;
}

export interface FakeCoordinator {
  /** HOST:PORT */
  readonly target: string;
  /** Every stream that was opened, in order. */
  readonly sessions: readonly FakeSession[];
}

export const sessionId = 'session-1';

export async function startFakeCoordinator(): Promise<FakeCoordinator> {
  const sessions: FakeSession[] = [];
  const server = new Server();
  const handlers: SessionServiceHandlers = {
    Session: (call) => {
      const received: Addressed<AgentMessage>[] = [];
      call.on('data', (wire) => received.push(fromAgentMessage(wire)));
      call.on('error', () => undefined);
      sessions.push({
        received,
        send: (message, id = sessionId) => call.write(toCoordinatorMessage(id, message)),
        end: () => call.emit('error', { code: status.UNAVAILABLE, details: 'stopping' }),
      });
    },
  };
  server.addService(loadContract().SessionService.service, handlers);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  onTestFinished(() => server.forceShutdown());
  return { target: `127.0.0.1:${port}`, sessions };
}
