// The session token in dialling: read for each dial, a rotated one with the next heartbeat, and what follows when the
// coordinator does not take it.

import { describe, expect, test } from 'vitest';
import { runSessions } from '../../agent/dialling.ts';
import type { Session } from '../../agent/session.ts';
import { SessionToken } from '../../agent/session-token.ts';
import { openLog } from '../../shared/log.ts';
import { StatusError } from '../../shared/rpc.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { helloOf } from '../coordinator/stand.ts';
import { makeWelcome } from './core/world.ts';
import { FakeNetwork } from './fake-stream.ts';

class World {
  readonly clock = new VirtualClock();
  readonly network = new FakeNetwork();
  file = 'first';
  session: Session | undefined;

  constructor() {
    void runSessions(
      {
        owner: {
          opened: (_, session) => {
            this.session = session;
          },
          received: () => undefined,
          ended: () => undefined,
        },
        greet: () => Promise.resolve(helloOf('n1', 'u1')),
        coordinator: 'coordinators:7443',
        resolve: () => Promise.resolve(['127.0.0.1']),
        openStream: this.network.open,
        sessionToken: new SessionToken(() => this.file),
        clock: this.clock,
        random: () => 0,
        log: openLog('test', 'silent'),
      },
      new AbortController().signal,
    );
  }

  async welcome(): Promise<void> {
    await this.clock.settle();
    this.network.latest.say(makeWelcome());
    await this.clock.settle();
  }

  async fail(message: string): Promise<void> {
    this.network.latest.say(new StatusError('UNAUTHENTICATED', message));
    await this.clock.settle();
  }

  /** Milliseconds until it dials again, to the nearest hundred. */
  async pauseMs(): Promise<number> {
    const { streams } = this.network;
    const dialled = streams.length;
    for (let waitedMs = 0; waitedMs <= 60_000; waitedMs += 100) {
      if (streams.length > dialled) return waitedMs;
      await this.clock.advance(100);
    }
    throw new Error('it does not dial again');
  }
}

describe('runSessions with a session token', () => {
  test('shows what lies in the file at each dial', async () => {
    const world = new World();
    await world.clock.settle();
    world.file = 'second';
    world.network.latest.say(new StatusError('UNAVAILABLE', 'no connection'));
    await world.clock.advance(2_000);
    expect(world.network.tokens).toEqual(['first', 'second']);
  });

  test('shows a rotated one with the next heartbeat, once', async () => {
    const world = new World();
    await world.welcome();
    world.session?.send({ kind: 'heartbeat', sequence: 1 });
    world.file = 'second';
    world.session?.send({ kind: 'heartbeat', sequence: 2 });
    world.session?.send({ kind: 'heartbeat', sequence: 3 });
    await world.clock.settle();
    const tokens = world.network.latest.sent.flatMap(({ message }) =>
      message.kind === 'heartbeat' ? [message.token] : [],
    );
    expect(tokens).toEqual([undefined, 'second', undefined]);
  });

  test('a session that outlived its token is opened again at once, with the newest', async () => {
    const world = new World();
    await world.welcome();
    world.file = 'second';
    const dialled = world.network.streams.length;
    await world.fail('TokenExpired: the session is over');
    await world.clock.advance(0);
    expect(world.network.streams).toHaveLength(dialled + 1);
    expect(world.network.tokens).toEqual(['first', 'second']);
  });

  test('a token that had ended before is tried again soon, not at once', async () => {
    const world = new World();
    await world.clock.settle();
    await world.fail('TokenExpired: the token has ended');
    const pauseMs = await world.pauseMs();
    expect(pauseMs).toBeGreaterThanOrEqual(1_000);
    expect(pauseMs).toBeLessThan(2_000);
  });

  test.for(['WrongAudience: x', 'TokenInvalid: x', 'NoToken: x'])(
    'after %s it waits for half a minute',
    async (message) => {
      const world = new World();
      await world.clock.settle();
      await world.fail(message);
      expect(await world.pauseMs()).toBeGreaterThanOrEqual(15_000);
    },
  );

  test('without a token to read it dials nobody, and tries again', async () => {
    const world = new World();
    world.file = '';
    await world.clock.settle();
    expect(world.network.streams).toHaveLength(0);
    world.file = 'first';
    expect(await world.pauseMs()).toBeGreaterThanOrEqual(15_000);
    expect(world.network.tokens).toEqual(['first']);
  });
});
