import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ConnectionBounds,
  clusterBounds,
  loopbackBounds,
} from '../../coordinator/connection-bounds.ts';
import { Connections, type EndReason, type Traffic } from '../../coordinator/connections.ts';

const quiet: Traffic = { readBytes: 0, writtenBytes: 0, unreadBytes: 0, accepted: false };

/** Connections with traffic that the test writes. */
function open(bounds: Partial<ConnectionBounds> = {}) {
  const connections = new Connections({ ...clusterBounds, ...bounds });
  const traffic = new Map<string, Traffic>();
  const admit = (key: string, address = key, nowMs = 0): EndReason | undefined =>
    connections.admit(key, { address, traffic: () => traffic.get(key) ?? quiet }, nowMs);
  const change = (key: string, part: Partial<Traffic>): void =>
    void traffic.set(key, { ...quiet, ...traffic.get(key), ...part });
  /** One that has an accepted call. */
  const trust = (key: string, nowMs = 0): void => {
    admit(key, key, nowMs);
    connections.shaken(key, nowMs);
    connections.streamOpened(key);
    change(key, { accepted: true });
    connections.sweep(nowMs);
  };
  return { connections, admit, change, trust };
}

describe('Connections', () => {
  test('lets in as many as it may, and one more for each that leaves', () => {
    const { connections, admit } = open({ maxConnections: 3 });
    for (const key of ['a', 'b', 'c']) {
      expect(admit(key)).toBeUndefined();
      connections.shaken(key, 0);
    }
    expect(admit('d')).toBe('TooManyConnections');
    connections.closed('b');
    expect(admit('d')).toBeUndefined();
  });

  test('a hundred shake hands at once, the others wait in the order in which they spoke', () => {
    const { connections, admit } = open();
    for (let index = 0; index < 102; index += 1) admit(`a${index}`);
    admit('silent');
    for (let index = 101; index >= 0; index -= 1) connections.spoke(`a${index}`, 0);
    for (let index = 101; index >= 2; index -= 1) expect(connections.begin(0)).toBe(`a${index}`);
    expect(connections.begin(0)).toBeUndefined();
    expect([connections.count('handshake'), connections.count('waiting')]).toEqual([100, 3]);
    connections.shaken('a50', 0);
    expect(connections.begin(0)).toBe('a1');
    connections.closed('a51');
    connections.closed('a0');
    expect(connections.begin(0)).toBeUndefined();
    expect([connections.count('handshake'), connections.count('waiting')]).toEqual([99, 1]);
  });

  test('a thousand may wait, and ten of one address', () => {
    const { connections, admit } = open();
    for (let index = 0; index < 10; index += 1) expect(admit(`a${index}`, 'one')).toBeUndefined();
    connections.spoke('a0', 0);
    connections.begin(0);
    expect(admit('a10', 'one')).toBe('TooManyHandshakes');
    connections.shaken('a0', 0);
    expect(admit('a10', 'one')).toBeUndefined();
    for (let index = 0; index < 990; index += 1) expect(admit(`b${index}`)).toBeUndefined();
    expect(connections.count('waiting')).toBe(1_000);
    expect(admit('c')).toBe('TooManyHandshakes');
    connections.closed('b1');
    expect(admit('c')).toBeUndefined();
  });

  test('a hundred connections of one address leave the others their place', () => {
    const { connections, admit } = open();
    for (let index = 0; index < 100; index += 1) {
      expect(admit(`a${index}`, 'one')).toBeUndefined();
      connections.shaken(`a${index}`, 0);
    }
    expect(admit('a100', 'one')).toBe('TooManyFromAddress');
    expect(admit('b', 'other')).toBeUndefined();
  });

  test('an address may dial six hundred times a minute', () => {
    const { connections, admit } = open();
    const dial = (nowMs: number): EndReason | undefined => {
      const refusal = admit('a', 'one', nowMs);
      connections.closed('a');
      return refusal;
    };
    for (let index = 0; index < 600; index += 1) expect(dial(index)).toBeUndefined();
    expect(dial(59_999)).toBe('TooManyDials');
    expect(dial(60_000)).toBeUndefined();
  });

  test('on a loopback port addresses have no bound of their own', () => {
    const { connections, admit } = open(loopbackBounds);
    for (let index = 0; index < 5_000; index += 1) {
      expect(admit(`a${index}`, '127.0.0.1')).toBeUndefined();
      connections.shaken(`a${index}`, 0);
    }
  });

  test.for<[string, EndReason, number, (stand: ReturnType<typeof open>) => void]>([
    ['says nothing', 'HandshakeTimeout', 10_000, () => undefined],
    [
      'waits for its turn in vain',
      'TooManyHandshakes',
      5_000,
      ({ connections }) => connections.spoke('a', 0),
    ],
    [
      'does not end its handshake',
      'HandshakeTimeout',
      10_000,
      ({ connections }) => {
        connections.spoke('a', 0);
        connections.begin(0);
      },
    ],
    ['makes no call', 'NoCall', 10_000, ({ connections }) => connections.shaken('a', 0)],
    [
      'makes calls that are refused',
      'NoAcceptedCall',
      60_000,
      ({ connections }) => {
        connections.shaken('a', 0);
        connections.streamOpened('a');
      },
    ],
  ])('a connection that %s is ended: %s after %d ms', ([, reason, afterMs, behave]) => {
    const stand = open();
    stand.admit('a');
    behave(stand);
    expect([...stand.connections.sweep(afterMs - 1)]).toEqual([]);
    expect([...stand.connections.sweep(afterMs)]).toEqual([['a', reason]]);
  });

  test('a connection with an accepted call stays', () => {
    const { connections, trust } = open();
    trust('a');
    expect(connections.count('trusted')).toBe(1);
    for (let nowMs = 0; nowMs < 3_600_000; nowMs += 1_000)
      expect([...connections.sweep(nowMs)]).toEqual([]);
  });

  test('a stranger may make a hundred calls, and say 256 KiB', () => {
    const { connections, admit, change } = open();
    admit('a');
    connections.shaken('a', 0);
    for (let index = 0; index < 100; index += 1)
      expect(connections.streamOpened('a')).toBeUndefined();
    expect(connections.streamOpened('a')).toBe('Flood');
    change('a', { readBytes: 256 * 1024 });
    expect([...connections.sweep(1)]).toEqual([]);
    change('a', { readBytes: 256 * 1024 + 1 });
    expect([...connections.sweep(2)]).toEqual([['a', 'Flood']]);
  });

  test('a peer may say 16 MiB at once and 256 KiB a second', () => {
    const { connections, trust, change } = open();
    trust('a');
    let readBytes = 16 * 1024 * 1024;
    let nowMs = 0;
    for (let look = 0; look < 100; look += 1) {
      change('a', { readBytes });
      nowMs += 10_000;
      expect([...connections.sweep(nowMs)]).toEqual([]);
      readBytes += 2_560 * 1024;
    }
    change('a', { readBytes: readBytes + 1 });
    expect([...connections.sweep(nowMs + 10_000)]).toEqual([['a', 'Flood']]);
  });

  test('a peer that takes nothing of its answers for ten seconds is ended', () => {
    const { connections, trust, change } = open();
    trust('a');
    change('a', { unreadBytes: 100_000 });
    expect([...connections.sweep(10_000)]).toEqual([]);
    change('a', { writtenBytes: 20_000 });
    expect([...connections.sweep(20_000)]).toEqual([]);
    change('a', { writtenBytes: 30_000 });
    expect([...connections.sweep(30_000)]).toEqual([['a', 'SlowReader']]);
  });

  test('a few unread bytes are no sign of anything', () => {
    const { connections, trust, change } = open();
    trust('a');
    change('a', { unreadBytes: 64 * 1024 });
    for (let nowMs = 10_000; nowMs < 100_000; nowMs += 10_000)
      expect([...connections.sweep(nowMs)]).toEqual([]);
  });

  test('what leaves is forgotten, whatever it did', () => {
    const step = fc.record({
      key: fc.integer({ min: 0, max: 20 }).map(String),
      action: fc.constantFrom(
        'admit',
        'spoke',
        'begin',
        'shaken',
        'streamOpened',
        'accepted',
        'sweep',
        'closed',
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { connections, admit, change } = open({
          maxConnections: 10,
          maxHandshakes: 3,
          maxWaiting: 5,
        });
        const inside = new Set<string>();
        const actions: Readonly<Record<string, (key: string, nowMs: number) => unknown>> = {
          admit: (key, nowMs) => {
            if (inside.has(key)) return;
            if (admit(key, `address ${Number(key) % 3}`, nowMs) === undefined) inside.add(key);
          },
          spoke: (key, nowMs) => connections.spoke(key, nowMs),
          begin: (_, nowMs) => connections.begin(nowMs),
          shaken: (key, nowMs) => connections.shaken(key, nowMs),
          streamOpened: (key) => connections.streamOpened(key),
          accepted: (key) => change(key, { accepted: true }),
          sweep: (_, nowMs) => connections.sweep(nowMs),
          closed: (key) => inside.delete(key) && connections.closed(key),
        };
        for (const [nowMs, { key, action }] of steps.entries()) {
          actions[action]?.(key, nowMs);
          const counts = (['waiting', 'handshake', 'stranger', 'trusted'] as const).map((phase) =>
            connections.count(phase),
          );
          expect(counts.reduce((sum, count) => sum + count)).toBe(inside.size);
          expect(counts.every((count) => count >= 0)).toBe(true);
          expect(counts[0]).toBeLessThanOrEqual(5);
          expect(counts[1]).toBeLessThanOrEqual(3);
          expect(inside.size).toBeLessThanOrEqual(10);
        }
        for (const key of inside) connections.closed(key);
        // All places are free again.
        for (let index = 0; index < 10; index += 1) {
          expect(admit(`new ${index}`, 'one', 0)).toBeUndefined();
          connections.spoke(`new ${index}`, 0);
          expect(connections.begin(0)).toBe(`new ${index}`);
          connections.shaken(`new ${index}`, 0);
        }
      }),
    );
  });
});
