// The HTTP/2 server inside grpc-js, for what grpc-js has no options and no events: the size of headers, and which calls a
// connection makes. It lies two private fields down. Should they move, the coordinator does not start, and every test
// of it says so.

import { EventEmitter } from 'node:events';
import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { type Server, ServerCredentials } from '@grpc/grpc-js';

export interface Http2Observer {
  sessionOpened(session: Http2Session): void;
  /** Called before the call is answered. */
  streamOpened(stream: ServerHttp2Stream, path: string): void;
}

// A token has 1-2 KiB; all else of a gRPC call fits into another.
const maxHeaderListBytes = 16 * 1024;
const maxHeaderPairs = 64;
// MiB that one connection may keep in HTTP/2's own queues; beyond it new calls are refused.
const maxSessionMemoryMib = 16;

/**
 * Returns what takes sockets, on which HTTP/2 begins at once.
 * @throws Error when grpc-js is built differently
 */
export function openInjector(server: Server, observer: Http2Observer): (socket: Duplex) => void {
  const options: unknown = Reflect.get(server, 'commonServerOptions');
  if (!(options instanceof Object)) throw new Error('cannot bound HTTP/2: grpc-js has changed');
  const settings: unknown = Reflect.get(options, 'settings');
  Object.assign(options, {
    settings: { ...Object(settings), maxHeaderListSize: maxHeaderListBytes },
    maxHeaderListPairs: maxHeaderPairs,
    maxSessionMemory: maxSessionMemoryMib,
  });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const servers: unknown = Reflect.get(server, 'http2Servers');
  const [http2]: unknown[] = servers instanceof Map ? [...servers.keys()] : [];
  if (!(http2 instanceof EventEmitter)) throw new Error('cannot bound HTTP/2: grpc-js has changed');
  http2.prependListener('session', (session: Http2Session) => observer.sessionOpened(session));
  http2.prependListener('stream', (stream: ServerHttp2Stream, headers: { ':path'?: string }) =>
    observer.streamOpened(stream, headers[':path'] ?? ''),
  );
  return (socket) => injector.injectConnection(socket);
}
