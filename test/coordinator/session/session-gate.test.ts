// Streams and the gate before them, without sockets and on a virtual clock: what happens while the API server is asked.

import { describe, expect, test } from 'vitest';
import type { Event } from '../../../coordinator/core/events.ts';
import { openIdentity } from '../../../coordinator/identity/identity.ts';
import { openCoordinatorMetrics } from '../../../coordinator/metrics.ts';
import { SessionServer } from '../../../coordinator/session/session-server.ts';
import type { AgentStream } from '../../../coordinator/session/transport.ts';
import type { AgentMessage, CoordinatorMessage } from '../../../shared/protocol.ts';
import { StatusError } from '../../../shared/rpc.ts';
import type { Addressed } from '../../../shared/wire.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { HeldKube, makeToken, vouchFor } from '../identity/tokens.ts';
import { helloOf, openTestLog } from '../stand.ts';

class FakeStream implements AgentStream {
  readonly authorization: readonly string[];
  readonly peer: string;
  readonly sent: CoordinatorMessage[] = [];
  isOver = false;
  reason: StatusError | undefined;
  readonly #said: readonly AgentMessage[];
  readonly #over = Promise.withResolvers<never>();

  constructor(token: string, said: readonly AgentMessage[], peer: string) {
    this.authorization = [`Bearer ${token}`];
    this.peer = peer;
    this.#said = said;
    this.#over.promise.catch(() => undefined);
  }

  async *messages(signal: AbortSignal): AsyncGenerator<Addressed<AgentMessage>> {
    for (const message of this.#said) yield { sessionId: '', message };
    signal.addEventListener('abort', () => this.#over.reject(signal.reason), { once: true });
    if (signal.aborted) throw signal.reason;
    await this.#over.promise;
  }

  async send(_: string, message: CoordinatorMessage): Promise<void> {
    this.sent.push(message);
  }

  end(reason: StatusError | undefined): void {
    this.reason = reason;
  }

  /** The agent goes away. */
  leave(): void {
    this.isOver = true;
    this.#over.reject(new StatusError('CANCELLED', 'the peer left the stream'));
  }
}

function open() {
  const clock = new VirtualClock();
  const kube = new HeldKube();
  const { log, lines } = openTestLog();
  const metrics = openCoordinatorMetrics(() => undefined);
  const identity = openIdentity({
    ...{ kube, clock, log, metrics },
    pullNamespace: 'forehold-pulls',
    agentServiceAccount: 'forehold-agent',
  });
  const events: Event[] = [];
  let ids = 0;
  const server = new SessionServer({
    ...{ clock, log, metrics, gate: identity.agents },
    newId: () => `s${++ids}`,
    onEvent: (event) => events.push(event),
  });
  let tokens = 0;
  const dial = async (peer = '10.0.0.1', says = true): Promise<FakeStream> => {
    tokens += 1;
    const expiresAtMs = clock.now().wallMs + 3_600_000;
    const token = makeToken({ expiresAtMs, id: String(tokens) });
    const stream = new FakeStream(token, says ? [helloOf('n1', 'u1')] : [], peer);
    void server.serve(stream);
    await clock.settle();
    return stream;
  };
  const hellos = () =>
    events.flatMap((event) => (event.kind === 'helloReceived' ? [event.sessionId] : []));
  return { clock, kube, lines, events, hellos, server, dial };
}

const vouched = { status: vouchFor() };

describe('SessionServer with a gate', () => {
  test('the core hears of nobody before the API server has answered', async () => {
    const { clock, kube, events, hellos, dial } = open();
    await dial();
    await clock.advance(5_000);
    expect(events).toEqual([]);
    kube.release(vouched);
    await clock.settle();
    expect(hellos()).toEqual(['s1']);
  });

  test('a stream that was left meanwhile supersedes nobody', async () => {
    const { clock, kube, hellos, dial } = open();
    const first = await dial();
    first.leave();
    await dial();
    expect(kube.underWay).toBe(2);
    kube.release(vouched);
    await clock.settle();
    expect(hellos()).toEqual([]);
    kube.release(vouched);
    await clock.settle();
    expect(hellos()).toEqual(['s2']);
    expect(first.reason).toMatchObject({ code: 'CANCELLED' });
  });

  test('one that is refused is heard of neither at its beginning nor at its end', async () => {
    const { clock, kube, events, dial } = open();
    const stream = await dial();
    kube.release({ status: {} });
    await clock.settle();
    expect(stream.reason).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(events).toEqual([]);
  });

  test('the end of the server does not wait for the API server', async () => {
    const { clock, events, server, dial } = open();
    const stream = await dial();
    server.stop();
    await clock.settle();
    expect(stream.reason).toMatchObject({ code: 'UNAVAILABLE' });
    expect(events).toEqual([]);
  });

  test('an API server that never answers costs a stream half a minute', async () => {
    const { clock, events, dial } = open();
    const stream = await dial();
    await clock.advance(40_000);
    expect(stream.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(events).toEqual([]);
  });

  test('one address has a hundred streams that are no sessions, others have theirs', async () => {
    const { clock, kube, dial } = open();
    for (let index = 0; index < 100; index += 1) await dial('10.0.0.1', false);
    const refused = await dial('10.0.0.1');
    expect(refused.reason).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'there are 100 streams of this address without a session already',
    });
    const other = await dial('10.0.0.2');
    kube.release(vouched);
    await clock.settle();
    expect(other.reason).toBeUndefined();
    await clock.advance(12_000);
    expect((await dial('10.0.0.1')).reason).toBeUndefined();
  });

  test('sessions do not count among them', async () => {
    const { clock, kube, hellos, dial } = open();
    for (let index = 0; index < 120; index += 1) {
      await dial('10.0.0.1');
      kube.release(vouched);
      await clock.settle();
    }
    expect(hellos()).toHaveLength(120);
  });

  test('streams that never became sessions are told of once per cause and peer', async () => {
    const { clock, lines, dial } = open();
    for (let index = 0; index < 50; index += 1) (await dial('10.0.0.1', false)).leave();
    await clock.advance(12_000);
    for (let index = 0; index < 50; index += 1) await dial('10.0.0.1', false);
    await clock.advance(12_000);
    const told = lines.filter(({ level }) => level !== 'debug');
    expect(told).toMatchObject([
      { msg: 'session ended', code: 'CANCELLED', peer: '10.0.0.1' },
      { msg: 'session ended', code: 'DEADLINE_EXCEEDED', peer: '10.0.0.1' },
    ]);
  });
});
