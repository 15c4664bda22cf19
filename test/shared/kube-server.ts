// A bare HTTP server on a free port for tests of the Kubernetes client and the reflector: each test says what it
// answers, request by request.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface KubeServer {
  readonly url: string;
  /** Method and path with query, as they came. */
  readonly requests: readonly string[];
  readonly connections: ReadonlySet<Socket>;
}

export async function startKubeServer(answer: Answer): Promise<KubeServer> {
  const requests: string[] = [];
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => answer(request, response, body));
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => stop(server));
  return { url: `http://127.0.0.1:${portOf(server.address())}`, requests, connections };
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

export function answerStatus(response: ServerResponse, code: number, reason: string): void {
  const message = `${reason} in the server's words`;
  answerJson(response, code, { kind: 'Status', status: 'Failure', code, reason, message });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
