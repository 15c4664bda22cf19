import { describe, expect, test } from 'vitest';
import { runSessions } from '../../agent/dialling.ts';
import type { Session } from '../../agent/session.ts';
import { openLog } from '../../shared/log.ts';
import type { CoordinatorMessage, Hello } from '../../shared/protocol.ts';
import { StatusError } from '../../shared/rpc.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { makeOffer, makeWelcome } from './core/world.ts';
import { FakeNetwork } from './fake-stream.ts';

const hello: Hello = {
  kind: 'hello',
  protocolVersion: 1,
  nodeName: 'n1',
  nodeUid: 'u1',
  agentInstance: 'a1',
  platform: { os: 'linux', architecture: 'amd64' },
  kubeletVersion: 'v1.36.3',
  containerRuntimeVersion: 'containerd://2.4.2',
  inventoryHash: 'h',
  unseenPulls: [],
  failedPulls: [],
  newestEpoch: 0,
};

class World {
  readonly clock = new VirtualClock();
  readonly network = new FakeNetwork();
  readonly controller = new AbortController();
  readonly received: CoordinatorMessage[] = [];
  readonly happened: string[] = [];
  session: Session | undefined;
  /** What the coordinators' name resolves to. */
  names: () => Promise<readonly string[]>;
  readonly ended: Promise<void>;

  constructor(random = 0, open = this.network.open, addresses: readonly string[] = ['127.0.0.1']) {
    this.names = () => Promise.resolve(addresses);
    this.ended = runSessions(
      {
        owner: {
          opened: (welcome, session) => {
            this.session = session;
            this.happened.push(`opened ${welcome.sessionId}`);
          },
          received: (message) => this.received.push(message),
          ended: () => this.happened.push('ended'),
        },
        greet: () => Promise.resolve(hello),
        coordinator: 'coordinators:7443',
        resolve: () => this.names(),
        openStream: open,
        clock: this.clock,
        random: () => random,
        log: openLog('test', 'silent'),
      },
      this.controller.signal,
    );
  }

  async welcome(): Promise<void> {
    await this.clock.settle();
    this.network.latest.say(makeWelcome());
    await this.clock.settle();
  }

  async fail(error: Error): Promise<void> {
    this.network.latest.say(error);
    await this.clock.settle();
  }
}

const unavailable = new StatusError('UNAVAILABLE', 'no connection');

describe('runSessions', () => {
  test('greets, and hands over the welcome and what follows', async () => {
    const world = new World();
    await world.welcome();
    expect(world.network.targets).toEqual(['127.0.0.1:7443']);
    expect(world.network.latest.sent).toEqual([{ sessionId: '', message: hello }]);
    world.network.latest.say(makeOffer(1));
    await world.clock.settle();
    expect(world.happened).toEqual(['opened s1']);
    expect(world.received).toEqual([makeOffer(1)]);
  });

  test('sends under the session id, in order', async () => {
    const world = new World();
    await world.welcome();
    world.session?.send({ kind: 'heartbeat', sequence: 1 });
    world.session?.send({ kind: 'heartbeat', sequence: 2 });
    await world.clock.settle();
    expect(world.network.latest.sent.slice(1)).toEqual([
      { sessionId: 's1', message: { kind: 'heartbeat', sequence: 1 } },
      { sessionId: 's1', message: { kind: 'heartbeat', sequence: 2 } },
    ]);
  });

  test('drops messages of another session and of a kind that it does not know', async () => {
    const world = new World();
    await world.welcome();
    world.network.latest.say(makeOffer(1), 'other');
    world.network.latest.say(undefined);
    world.network.latest.say(makeOffer(2));
    await world.clock.settle();
    expect(world.received).toEqual([makeOffer(2)]);
  });

  test('does not take anything for a welcome that is none', async () => {
    const world = new World();
    await world.clock.settle();
    world.network.latest.say(makeOffer(1));
    await world.clock.settle();
    expect(world.network.latest.closed).toBe(true);
    expect(world.happened).toEqual([]);
  });

  test('gives a coordinator half a minute for its welcome', async () => {
    const world = new World();
    await world.clock.advance(29_999);
    expect(world.network.latest.closed).toBe(false);
    await world.clock.advance(1);
    expect(world.network.latest.closed).toBe(true);
    await world.clock.advance(1_000);
    expect(world.network.streams).toHaveLength(2);
  });

  test('dials again with pauses that double up to a quarter of a minute', async () => {
    const world = new World();
    for (const delayMs of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      await world.clock.settle();
      const dialled = world.network.streams.length;
      await world.fail(unavailable);
      await world.clock.advance(delayMs - 1);
      expect(world.network.streams).toHaveLength(dialled);
      await world.clock.advance(1);
      expect(world.network.streams).toHaveLength(dialled + 1);
    }
  });

  test('draws every pause at random', async () => {
    const world = new World(0.75);
    await world.clock.settle();
    await world.fail(unavailable);
    await world.clock.advance(250);
    expect(world.network.streams).toHaveLength(2);
  });

  test('begins with short pauses again after a session', async () => {
    const world = new World();
    for (const delayMs of [1_000, 2_000, 4_000]) {
      await world.clock.settle();
      await world.fail(unavailable);
      await world.clock.advance(delayMs);
    }
    await world.welcome();
    await world.clock.advance(30_000);
    await world.fail(unavailable);
    expect(world.happened).toEqual(['opened s1', 'ended']);
    await world.clock.advance(1_000);
    expect(world.network.streams).toHaveLength(5);
  });

  test('does not take a session that ends at once for a success', async () => {
    const world = new World();
    for (const delayMs of [1_000, 2_000, 4_000]) {
      const dialled = world.network.streams.length;
      await world.welcome();
      await world.fail(unavailable);
      await world.clock.advance(delayMs - 1);
      expect(world.network.streams).toHaveLength(Math.max(1, dialled));
      await world.clock.advance(1);
    }
    expect(world.network.streams).toHaveLength(4);
  });

  test.for([
    ['superseded by another agent', new StatusError('ABORTED', 'Superseded')],
    ['of a protocol too old', new StatusError('UNAVAILABLE', 'ProtocolUnsupported: 1')],
    ['told of a lease that it cannot have', new StatusError('NOT_FOUND', 'lease 9-9')],
    ['told that it is wrong', new StatusError('INVALID_ARGUMENT', 'malformed')],
  ] as const)('stays away for long when %s', async ([, error]) => {
    const world = new World();
    await world.clock.settle();
    await world.fail(error);
    await world.clock.advance(29_999);
    expect(world.network.streams).toHaveLength(1);
    await world.clock.advance(1);
    expect(world.network.streams).toHaveLength(2);
  });

  describe('with several coordinators', () => {
    const [one, two, three] = ['10.0.0.1:7443', '10.0.0.2:7443', '10.0.0.3:7443'];

    function standby(leader: string): StatusError {
      const trailers = { 'forehold-leader': leader };
      return new StatusError('UNAVAILABLE', 'this coordinator stands by', { trailers });
    }

    async function open(): Promise<World> {
      const world = new World(0, undefined, ['10.0.0.1', '10.0.0.2', '10.0.0.3']);
      await world.clock.settle();
      return world;
    }

    test('dials the leader that a standby names next, at once', async () => {
      const world = await open();
      await world.fail(standby('10.0.0.3:7443'));
      expect(world.network.targets).toEqual([one, three]);
      expect(world.network.streams[0]?.closed).toBe(true);
      await world.welcome();
      expect(world.happened).toEqual(['opened s1']);
    });

    test('a name that the coordinators do not have is not dialled', async () => {
      const world = await open();
      await world.fail(standby('203.0.113.9:7443'));
      await world.fail(standby('203.0.113.9:7443'));
      await world.fail(standby('203.0.113.9:7443'));
      await world.clock.advance(60_000);
      expect(new Set(world.network.targets)).toEqual(new Set([one, two, three]));
    });

    test('when none leads it pauses, and begins with the one that was named last', async () => {
      const world = await open();
      await world.fail(standby('unknown'));
      await world.fail(unavailable);
      await world.fail(standby('10.0.0.2:7443'));
      await world.clock.advance(999);
      expect(world.network.targets).toEqual([one, two, three]);
      await world.clock.advance(1);
      expect(world.network.targets).toEqual([one, two, three, two]);
    });

    test('one that is overloaded sends nobody to the next', async () => {
      const world = await open();
      await world.fail(new StatusError('RESOURCE_EXHAUSTED', 'there are enough streams'));
      expect(world.network.targets).toEqual([one]);
      await world.clock.advance(1_000);
      expect(world.network.targets).toHaveLength(2);
    });

    test('after a session it pauses before it dials the leader that it was told', async () => {
      const world = await open();
      await world.welcome();
      await world.fail(standby('10.0.0.2:7443'));
      expect(world.network.targets).toEqual([one]);
      await world.clock.advance(1_000);
      expect(world.network.targets).toEqual([one, two]);
    });

    test('asks for the addresses again in every round', async () => {
      const world = await open();
      world.names = () => Promise.reject(new Error('ENOTFOUND'));
      for (let dialled = 0; dialled < 3; dialled += 1) await world.fail(standby('unknown'));
      await world.clock.advance(1_000);
      world.names = () => Promise.resolve(['10.0.0.9']);
      await world.clock.advance(2_000);
      expect(world.network.targets).toEqual([one, two, three, '10.0.0.9:7443']);
    });

    test('a name without addresses is tried again', async () => {
      const world = new World(0, undefined, []);
      await world.clock.advance(10_000);
      expect(world.network.targets).toEqual([]);
      world.names = () => Promise.resolve(['10.0.0.9']);
      await world.clock.advance(10_000);
      expect(world.network.targets).toEqual(['10.0.0.9:7443']);
    });
  });

  test('ends a session whose coordinator does not read, with a bounded queue', async () => {
    const world = new World();
    await world.welcome();
    world.network.latest.reading = false;
    for (let sequence = 1; sequence <= 1_002; sequence += 1) {
      world.session?.send({ kind: 'heartbeat', sequence });
      if (sequence === 1) await world.clock.settle();
    }
    await world.clock.settle();
    expect(world.network.latest.closed).toBe(true);
    expect(world.happened).toEqual(['opened s1', 'ended']);
  });

  test('closes its stream and resolves when it is stopped', async () => {
    const world = new World();
    await world.welcome();
    world.controller.abort(new Error('stopped'));
    await world.ended;
    expect(world.network.latest.closed).toBe(true);
  });

  test('throws what no other dial could mend', async () => {
    const world = new World(0, () => {
      throw new TypeError('fault');
    });
    await expect(world.ended).rejects.toThrow('fault');
  });
});
