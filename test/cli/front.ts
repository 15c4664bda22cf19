// An API server's front door, as a person's kubeconfig knows it: asks for a bearer token, passes requests on to an embedded
// API server, forwards ports by WebSocket as a kubelet does (subprotocol v4.channel.k8s.io), and remembers every byte of
// headers and bodies that came in.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { readFrames, type WebSocketFrames, writeFrame } from './web-socket.ts';

export interface FrontOptions {
  /** Of the API server behind. */
  readonly url: string;
  /** What the kubeconfig's user shows. */
  readonly credential: string;
}

export interface Refusal {
  readonly method: string;
  /** In the path. */
  readonly path: RegExp;
  readonly status: number;
  readonly message: string;
}

/** A kubeconfig as a file's text: one user with a token, at the server `url`. */
export function describeKubeconfig({ url, credential }: FrontOptions): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'ada', user: { token: credential } }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'ada' } }],
  });
}

export class Front {
  /** `METHOD path` of every request, and how it proved who asks. */
  readonly requests: { readonly line: string; readonly authorization: string }[] = [];
  /** What people may not do. */
  readonly refusals: Refusal[] = [];
  /** Pods and ports that are forwarded, to ports of this machine. */
  readonly forwards = new Map<string, number>();
  readonly #options: FrontOptions;
  readonly #server = createServer((from, to) => void this.#pass(from, to));
  readonly #sockets = new Set<Socket>();

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#server.on('upgrade', (from: IncomingMessage, socket: Socket) =>
      this.#upgrade(from, socket),
    );
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  start(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        const port = typeof address === 'object' && address !== null ? address.port : 0;
        resolve(`http://127.0.0.1:${port}`);
      });
    });
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #note(from: IncomingMessage): Refusal | undefined {
    const { method = '', url = '', headers } = from;
    const authorization = headers.authorization ?? '';
    this.requests.push({ line: `${method} ${url}`, authorization });
    if (authorization !== `Bearer ${this.#options.credential}`)
      return { method, path: /./, status: 401, message: 'Unauthorized' };
    return this.refusals.find((one) => one.method === method && one.path.test(url));
  }

  async #pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const refusal = this.#note(from);
    if (refusal !== undefined) {
      const { status, message } = refusal;
      to.writeHead(status, { 'content-type': 'application/json' });
      to.end(JSON.stringify({ kind: 'Status', code: status, message }));
      return;
    }
    const { authorization: _, host: __, ...headers } = from.headers;
    const url = new URL(from.url ?? '/', this.#options.url);
    const behind = request(url, { method: from.method, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(to);
    });
    behind.on('error', () => to.destroy());
    from.pipe(behind);
  }

  #upgrade(from: IncomingMessage, socket: Socket): void {
    const refusal = this.#note(from);
    const [, pod = '', port = ''] =
      /\/pods\/([^/]+)\/portforward\?ports=(\d+)$/.exec(from.url ?? '') ?? [];
    const target = this.forwards.get(`${pod}:${port}`);
    if (refusal !== undefined || target === undefined) {
      socket.end(`HTTP/1.1 ${refusal?.status ?? 404} Refused\r\nconnection: close\r\n\r\n`);
      return;
    }
    const accept = createHash('sha1')
      .update(`${from.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-protocol: v4.channel.k8s.io\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    forward(socket, target, Number(port));
  }
}

/** Both channels begin with the port; data is channel 0, what goes wrong is channel 1. */
function forward(socket: Socket, target: number, port: number): void {
  const number = Buffer.from([port & 0xff, port >> 8]);
  for (const channel of [0, 1])
    socket.write(writeFrame(Buffer.concat([Buffer.from([channel]), number])));
  const behind = connect(target, '127.0.0.1');
  const frames: WebSocketFrames = readFrames((payload) => {
    if (payload[0] === 0) behind.write(payload.subarray(1));
  });
  socket.on('data', (chunk: Buffer) => frames.take(chunk));
  behind.on('data', (chunk) => socket.write(writeFrame(Buffer.concat([Buffer.from([0]), chunk]))));
  behind.on('error', (error) =>
    socket.write(writeFrame(Buffer.concat([Buffer.from([1]), Buffer.from(error.message)]))),
  );
  behind.on('close', () => socket.end());
  socket.on('error', () => behind.destroy());
  socket.on('close', () => behind.destroy());
}
