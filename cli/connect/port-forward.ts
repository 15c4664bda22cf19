// A port of this machine that leads to one port of a pod, as `kubectl port-forward` makes one: each connection is a
// WebSocket of its own through the API server. Only this machine reaches it, and what answers behind it proves itself by
// its certificate.

import { createServer, type Server, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import { ConnectError } from './connection.ts';

export interface ForwardTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

export interface LocalForward {
  /** On 127.0.0.1. */
  readonly port: number;
  /** What broke last, in words; undefined while nothing did. */
  problem(): string | undefined;
  close(): void;
}

/** A command needs one connection, and another one when it breaks. */
const maxConnections = 8;
const maxProblemLength = 512;

/** @throws ConnectError when no port of this machine can be had */
export async function openPortForward(
  config: KubeConfig,
  target: ForwardTarget,
): Promise<LocalForward> {
  const sockets = new Set<Socket>();
  let problem: string | undefined;
  const onProblem = (what: string): void => {
    problem = describe(target, what);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void carry(new PortForward(config), target, { socket, onProblem });
  });
  server.maxConnections = maxConnections;
  const port = await listen(server);
  return {
    port,
    problem: () => problem,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Carried {
  readonly socket: Socket;
  readonly onProblem: (what: string) => void;
}

async function carry(
  forward: PortForward,
  { namespace, pod, port }: ForwardTarget,
  { socket, onProblem }: Carried,
): Promise<void> {
  const complaints = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const text = chunk.toString('utf8').trim();
      // The first write is what is left of the channel's greeting: nothing.
      if (text !== '') {
        onProblem(text);
        socket.destroy();
      }
      done();
    },
  });
  try {
    const opened = await forward.portForward(namespace, pod, [port], socket, complaints, socket);
    const ws = typeof opened === 'function' ? opened() : opened;
    if (ws === null || socket.destroyed) return ws?.close();
    socket.once('close', () => ws.close());
    ws.on('error', () => socket.destroy());
    ws.on('close', () => socket.destroy());
  } catch (error) {
    onProblem(findMessage(error));
    socket.destroy();
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new ConnectError(`cannot open a port on 127.0.0.1: ${error.message}`, { cause: error }),
      ),
    );
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** A WebSocket fails with an event and not with an Error; both have a message. */
function findMessage(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error)
    return String(error.message);
  return String(error);
}

function describe({ namespace, pod, port }: ForwardTarget, what: string): string {
  const attempt = `cannot forward a port to ${port} of pod ${pod} in namespace ${namespace}`;
  const why = what.slice(0, maxProblemLength);
  if (/\b403\b/.test(what))
    return `${attempt}: you need the rights to get and create pods/portforward there (${why})`;
  if (/\b404\b/.test(what))
    return `${attempt}: the pod is gone; try again in half a minute (${why})`;
  return `${attempt}: ${why}`;
}
