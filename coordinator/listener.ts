// The port of the coordinator: takes TCP connections, shakes hands by TLS 1.3, and passes sound ones on to gRPC. Our own
// listener in front of grpc-js, because that one bounds neither handshakes nor connections nor slow readers, and
// because here a new certificate serves new connections and leaves the others alone.
//
// Without TLS every connection is passed on at once; the address must be a loopback one then.

import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { type Clock, openSystemClock, type Timer } from '../shared/clock.ts';
import type { HostPort } from '../shared/env.ts';
import type { Log } from '../shared/log.ts';
import { isLoopback, requireLoopback } from '../shared/loopback.ts';
import { type ConnectionBounds, clusterBounds, loopbackBounds } from './connection-bounds.ts';
import { type ConnectionPhase, Connections, type EndReason, type Traffic } from './connections.ts';
import type { Http2Observer } from './http2-server.ts';
import { RefusalLog } from './refusal-log.ts';

/** What a TLS server shows and proves; both in PEM. The key must go nowhere else. */
export interface ServingCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface ListenerOptions extends HostPort {
  readonly tls: boolean;
  readonly log: Log;
  readonly onEnded: (reason: EndReason) => void;
  /** Unless given: those for a cluster, or for a loopback address. */
  readonly bounds?: Partial<ConnectionBounds> | undefined;
  /** Real time unless given: peers live in it, whatever the coordinator's clock does. */
  readonly clock?: Clock | undefined;
}

const sweepEveryMs = 1_000;
// A turn of the event loop answers no more handshakes than this, 1 ms each, so that what else there is to do comes in
// between: a new leader takes its lists in while thousands of agents dial.
const handshakesPerTurn = 4;
// What is read of a connection before its turn comes: its first packet.
const waitingBytes = 4 * 1024;
// Ends handshakes should the sweep ever fail to; OpenSSL's own time-out is 120 s.
const tlsHandshakeTimeoutMs = 60_000;

/** Calls that anybody may make; that one was answered says nothing about the caller. */
const publicPaths = /^\/grpc\.(health|reflection)\./;

interface Peer {
  readonly address: string;
  readonly socket: Socket;
  /** Calls under way, and whether anybody may make them. */
  readonly streams: Map<ServerHttp2Stream, boolean>;
  /** One of its calls, ended by now, was accepted. */
  accepted: boolean;
  isEnding: boolean;
}

export class Listener implements Http2Observer {
  readonly #options: ListenerOptions;
  readonly #clock: Clock;
  readonly #connections: Connections;
  readonly #refusals: RefusalLog;
  readonly #peers = new Map<string, Peer>();
  readonly #keys = new WeakMap<Http2Session, string>();
  readonly #tcp: TcpServer;
  readonly #tls: TlsServer | undefined;
  #inject: (socket: Duplex) => void = (socket) => socket.destroy();
  #isCertified = false;
  #isBeginning = false;
  #timer: Timer | undefined;
  #onEmpty: (() => void) | undefined;

  /** @throws UnsafeAddressError when there is no TLS and the host is not a loopback address */
  constructor(options: ListenerOptions) {
    if (!options.tls) requireLoopback('listen', options.host);
    const bounds = isLoopback(options.host) ? loopbackBounds : clusterBounds;
    this.#options = options;
    this.#clock = options.clock ?? openSystemClock();
    this.#connections = new Connections({ ...bounds, ...options.bounds });
    this.#refusals = new RefusalLog(this.#clock, options.log);
    this.#tcp = createTcpServer({ noDelay: true, highWaterMark: waitingBytes }, (socket) =>
      this.#accept(socket),
    );
    this.#tls = options.tls ? this.#openTls() : undefined;
  }

  /**
   * Listens, and passes sockets on to `inject`; returns the port.
   * @throws Error when the address cannot be listened on
   */
  async start(inject: (socket: Duplex) => void): Promise<number> {
    this.#inject = inject;
    const port = await listen(this.#tcp, this.#options);
    this.#sweepLater();
    return port;
  }

  /**
   * Serves this certificate to new connections. Until the first one came, TLS connections are refused.
   * @throws Error of OpenSSL when certificate and key do not fit
   */
  certify({ certificate: cert, key }: ServingCertificate): void {
    this.#tls?.setSecureContext({ cert, key, minVersion: 'TLSv1.3' });
    this.#isCertified = true;
  }

  count(phase: ConnectionPhase): number {
    return this.#connections.count(phase);
  }

  /** Takes no new connections; resolves when the last one has ended. */
  drain(): Promise<void> {
    this.#tcp.close();
    return new Promise((resolve) => {
      if (this.#peers.size === 0) resolve();
      else this.#onEmpty = resolve;
    });
  }

  /** Ends everything at once; idempotent. */
  stop(): void {
    this.#timer?.cancel();
    this.#tcp.close();
    this.#tls?.close();
    this.#refusals.flush();
    for (const { socket } of this.#peers.values()) socket.destroy();
  }

  sessionOpened(session: Http2Session): void {
    this.#keys.set(session, keyOf(session.socket));
  }

  streamOpened(stream: ServerHttp2Stream, path: string): void {
    const key = stream.session === undefined ? undefined : this.#keys.get(stream.session);
    const peer = key === undefined ? undefined : this.#peers.get(key);
    if (key === undefined || peer === undefined) return;
    const isPublic = publicPaths.test(path);
    peer.streams.set(stream, isPublic);
    stream.once('close', () => {
      peer.streams.delete(stream);
      peer.accepted ||= !isPublic && isAccepted(stream);
    });
    const reason = this.#connections.streamOpened(key);
    if (reason !== undefined) this.#end(key, reason);
  }

  #openTls(): TlsServer {
    const server = createTlsServer({
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['h2'],
      handshakeTimeout: tlsHandshakeTimeoutMs,
    });
    server.on('secureConnection', (socket) => {
      // What breaks a connection shows as its end.
      socket.on('error', () => undefined);
      const key = keyOf(socket);
      if (socket.alpnProtocol === 'h2') this.#pass(key, socket);
      else this.#end(key, 'NoHttp2');
    });
    server.on('tlsClientError', (error) => this.#refusals.noteError(error));
    return server;
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    const address = socket.remoteAddress;
    if (address === undefined) return void socket.destroy();
    const key = keyOf(socket);
    const refusal = this.#admit(key, address, socket);
    if (refusal !== undefined) {
      this.#count(refusal, { address });
      socket.resetAndDestroy();
      return;
    }
    socket.once('close', () => this.#forget(key));
    if (this.#tls === undefined) this.#pass(key, socket);
    else socket.once('readable', () => this.#hear(key, socket));
  }

  // TLS begins with what has been read already. Reading by itself it would keep a buffer of 64 KiB for each connection.
  #hear(key: string, socket: Socket): void {
    if (socket.readableLength === 0) return void socket.destroy();
    this.#connections.spoke(key, this.#nowMs());
    this.#beginLater();
  }

  #beginLater(): void {
    if (this.#isBeginning || this.#tls === undefined) return;
    this.#isBeginning = true;
    setImmediate(() => {
      this.#isBeginning = false;
      this.#begin();
    });
  }

  #begin(): void {
    for (let begun = 0; begun < handshakesPerTurn; begun += 1) {
      const key = this.#connections.begin(this.#nowMs());
      if (key === undefined) return;
      const socket = this.#peers.get(key)?.socket;
      // What has ended gives its place back when it has closed.
      if (socket?.destroyed === false) this.#tls?.emit('connection', socket);
    }
    this.#beginLater();
  }

  #admit(key: string, address: string, socket: Socket): EndReason | undefined {
    if (this.#tls !== undefined && !this.#isCertified) return 'NoCertificate';
    const peer: Peer = { address, socket, streams: new Map(), accepted: false, isEnding: false };
    const traffic = (): Traffic => trafficOf(peer);
    const refusal = this.#connections.admit(key, { address, traffic }, this.#nowMs());
    if (refusal === undefined) this.#peers.set(key, peer);
    return refusal;
  }

  #pass(key: string, socket: Socket): void {
    this.#connections.shaken(key, this.#nowMs());
    this.#beginLater();
    this.#inject(socket);
  }

  #forget(key: string): void {
    const peer = this.#peers.get(key);
    const phase = this.#connections.closed(key);
    this.#peers.delete(key);
    this.#beginLater();
    const isUnshaken = phase === 'waiting' || phase === 'handshake';
    if (isUnshaken && peer?.isEnding === false) this.#count('HandshakeFailed', peer);
    if (this.#peers.size === 0) this.#onEmpty?.();
  }

  #sweepLater(): void {
    this.#timer = this.#clock.startTimer(sweepEveryMs, () => {
      for (const [key, reason] of this.#connections.sweep(this.#nowMs())) this.#end(key, reason);
      this.#sweepLater();
    });
  }

  #end(key: string, reason: EndReason): void {
    const peer = this.#peers.get(key);
    if (peer === undefined) return;
    if (!peer.isEnding) this.#count(reason, peer);
    peer.isEnding = true;
    peer.socket.destroy();
  }

  #count(reason: EndReason, { address }: Pick<Peer, 'address'>): void {
    this.#options.onEnded(reason);
    this.#refusals.note(reason, address);
  }

  #nowMs(): number {
    return this.#clock.now().monotonicMs;
  }
}

/** The same for a socket and for the TLS socket and the HTTP/2 session on it. */
function keyOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress'>): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress}`;
}

function trafficOf({ socket, streams, accepted }: Peer): Traffic {
  let unreadBytes = 0;
  let isTrusted = accepted;
  for (const [stream, isPublic] of streams) {
    unreadBytes += stream.writableLength;
    isTrusted ||= !isPublic && isAccepted(stream);
  }
  const { bytesRead: readBytes, bytesWritten: writtenBytes } = socket;
  return { readBytes, writtenBytes, unreadBytes, accepted: isTrusted };
}

/** Whether the call was answered with more than a status. */
function isAccepted({ headersSent, sentHeaders }: ServerHttp2Stream): boolean {
  return headersSent && sentHeaders?.['grpc-status'] === undefined;
}

function listen(server: TcpServer, { host, port }: HostPort): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
      reject(new Error(`cannot listen on ${address}: ${error.message}`, { cause: error }));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
