// A thousand connections that say nonsense or nothing, while real sessions go on and an image is pulled.

import { randomBytes } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { ports } from '../../../shared/names.ts';
import { sessionsEnded } from '../attack/attack.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import { printFigure } from '../harness/skip.ts';
import { until } from '../harness/until.ts';

const connections = 1_000;
const readyDeadlineMs = 90_000;
// Longer than any time-out of a connection that has said nothing useful.
const closedDeadlineMs = 90_000;
// The coordinator counts the dials of an address by the minute, and this address has used up its own.
const dialsForgottenMs = 90_000;

type Nonsense = (host: string) => Socket;

// The first bytes of a TLS record that announces more than ever comes.
const halfHello = Buffer.from('16030102000100', 'hex');
const kinds: readonly Nonsense[] = [
  // Says nothing.
  (host) => connectTcp(ports.grpc, host),
  // Says nonsense.
  (host) => opened(connectTcp(ports.grpc, host), randomBytes(512)),
  // Begins a handshake and stops.
  (host) => opened(connectTcp(ports.grpc, host), halfHello),
  // Plain HTTP.
  (host) => opened(connectTcp(ports.grpc, host), 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'),
  // A handshake, and then nothing.
  (host) =>
    connectTls({ port: ports.grpc, host, rejectUnauthorized: false, ALPNProtocols: ['h2'] }),
];

export function testGarbage(stack: () => ReleaseStack): void {
  test(`${connections} garbage and half-open connections disturb no session and no pull`, async () => {
    const { release, images, nodes } = stack();
    const [leader] = await release.findCoordinators();
    const host = leader?.status?.podIP ?? '';
    const names = nodes.map(({ metadata }) => metadata.name);
    const before = await Promise.all(names.map((name) => sessionsEnded(stack(), name)));
    let open = 0;
    const sockets = Array.from({ length: connections }, (_, index) => {
      const socket = (kinds[index % kinds.length] ?? connectTcp)(host);
      open += 1;
      socket.on('error', () => undefined);
      // What is not read hides the end behind it.
      socket.resume();
      socket.on('close', () => {
        open -= 1;
      });
      return socket;
    });
    try {
      const image = await images.push('beside', { layers: 1, layerBytes: 1_048_576 });
      const startedAtMs = performance.now();
      await images.want({ beside: { image: image.name } });
      await images.waitUntilReady('beside', readyDeadlineMs);
      printFigure(
        'seconds_pull_beside_garbage',
        ((performance.now() - startedAtMs) / 1_000).toFixed(1),
      );
      expect(await stack().inspector.leases()).toBeDefined();
      await until('the coordinator has closed them all', closedDeadlineMs, () => {
        if (open === 0) return true;
        throw new Error(`${open} are open`);
      });
      printFigure(
        'seconds_until_garbage_was_closed',
        ((performance.now() - startedAtMs) / 1_000).toFixed(1),
      );
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    const after = await Promise.all(names.map((name) => sessionsEnded(stack(), name)));
    expect(after).toEqual(before);
    await until('this machine may dial again', dialsForgottenMs, () => canShakeHands(host));
    const [same] = await release.findCoordinators();
    expect(same?.metadata.uid).toBe(leader?.metadata.uid);
    await images.delete('beside');
  });
}

/** Whether the coordinator takes a connection from here. */
function canShakeHands(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({
      port: ports.grpc,
      host,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    });
    const settle = (can: boolean): void => {
      socket.destroy();
      resolve(can);
    };
    socket.once('secureConnect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}

function opened(socket: Socket, content: Buffer | string): Socket {
  socket.write(content);
  return socket;
}
