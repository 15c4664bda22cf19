// Which connections there are, whose turn it is, and which of them must go. A connection waits for its handshake at
// first, in the order in which they spoke, then shakes hands, is a stranger, and trusted once one of its calls was
// accepted; until then everything about it is counted tightly. Plain bookkeeping with time as an argument: the listener
// owns the sockets and does what is decided here.

import type { ConnectionBounds } from './connection-bounds.ts';

export type ConnectionPhase = 'waiting' | 'handshake' | 'stranger' | 'trusted';

/** Why a connection was not let in, or was ended by us. */
export const endReasons = [
  'TooManyConnections',
  'TooManyFromAddress',
  'TooManyHandshakes',
  'TooManyDials',
  'NoCertificate',
  'HandshakeTimeout',
  'HandshakeFailed',
  'NoHttp2',
  'NoCall',
  'NoAcceptedCall',
  'Flood',
  'SlowReader',
] as const;
export type EndReason = (typeof endReasons)[number];

/** What a connection carried, as its socket and its streams tell. */
export interface Traffic {
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Answers that wait for the peer to read. */
  readonly unreadBytes: number;
  /** Whether a call on it was accepted. */
  readonly accepted: boolean;
}

interface Connection {
  readonly address: string;
  readonly traffic: () => Traffic;
  phase: ConnectionPhase;
  /** Monotonic; of a stranger the time until which a call must be accepted. */
  deadlineMs: number;
  /** Monotonic; undefined once a call was made. */
  firstCallDeadlineMs: number | undefined;
  streams: number;
  /** Bytes that it may still send. */
  budgetBytes: number;
  seenReadBytes: number;
  seenWrittenBytes: number;
  wasUnread: boolean;
}

const dialWindowMs = 60_000;
// Connections of one window come from no more addresses than this without costing more memory than they are worth.
const maxCountedAddresses = 20_000;
// Less than this may be on its way at any moment, and costs nothing to keep.
const worthReadingBytes = 64 * 1024;
/** How often trusted connections are looked at; strangers are at every sweep. */
const trustedLookMs = 10_000;

export class Connections {
  readonly #bounds: ConnectionBounds;
  readonly #all = new Map<string, Connection>();
  /** Those not trusted yet. */
  readonly #pending = new Map<string, Connection>();
  /** Keys of those that may shake hands when their turn comes, in order. */
  readonly #queue = new Set<string>();
  readonly #byAddress = new Map<string, number>();
  readonly #unshakenByAddress = new Map<string, number>();
  readonly #dials = new Map<string, number>();
  #waiting = 0;
  #handshakes = 0;
  #dialWindowEndsAtMs = Number.NEGATIVE_INFINITY;
  #lastTrustedLookMs = Number.NEGATIVE_INFINITY;

  constructor(bounds: ConnectionBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#all.size;
  }

  count(phase: ConnectionPhase): number {
    if (phase === 'waiting') return this.#waiting;
    if (phase === 'handshake') return this.#handshakes;
    if (phase === 'stranger') return this.#pending.size - this.#handshakes - this.#waiting;
    return this.#all.size - this.#pending.size;
  }

  /** Lets a connection in, or says why not. */
  admit(
    key: string,
    peer: { readonly address: string; readonly traffic: () => Traffic },
    nowMs: number,
  ): EndReason | undefined {
    const refusal = this.#findRefusal(peer.address, nowMs);
    if (refusal !== undefined) return refusal;
    const connection: Connection = {
      ...peer,
      phase: 'waiting',
      deadlineMs: nowMs + this.#bounds.handshakeMs,
      firstCallDeadlineMs: undefined,
      streams: 0,
      budgetBytes: this.#bounds.burstBytes,
      seenReadBytes: 0,
      seenWrittenBytes: 0,
      wasUnread: false,
    };
    this.#all.set(key, connection);
    this.#pending.set(key, connection);
    add(this.#byAddress, peer.address, 1);
    this.#waiting += 1;
    add(this.#unshakenByAddress, peer.address, 1);
    return undefined;
  }

  /** It has begun its handshake, and waits for ours; idempotent. */
  spoke(key: string, nowMs: number): void {
    const connection = this.#all.get(key);
    if (connection?.phase !== 'waiting' || this.#queue.has(key)) return;
    this.#queue.add(key);
    connection.deadlineMs = nowMs + this.#bounds.waitMs;
  }

  /** Whose handshake is to be answered now; undefined while nobody waits or all places are taken. */
  begin(nowMs: number): string | undefined {
    if (this.#handshakes >= this.#bounds.maxHandshakes) return undefined;
    const [key] = this.#queue;
    const connection = key === undefined ? undefined : this.#all.get(key);
    if (key === undefined || connection === undefined) return undefined;
    this.#queue.delete(key);
    this.#waiting -= 1;
    this.#handshakes += 1;
    connection.phase = 'handshake';
    connection.deadlineMs = nowMs + this.#bounds.handshakeMs;
    return key;
  }

  /** The handshake is over, or there was none to be made. */
  shaken(key: string, nowMs: number): void {
    const connection = this.#all.get(key);
    if (connection === undefined || !isUnshaken(connection)) return;
    this.#leaveHandshake(key, connection);
    connection.phase = 'stranger';
    connection.deadlineMs = nowMs + this.#bounds.strangerMs;
    connection.firstCallDeadlineMs = nowMs + this.#bounds.firstCallMs;
  }

  /** A call was made; says why the connection must end, if it must. */
  streamOpened(key: string): EndReason | undefined {
    const connection = this.#all.get(key);
    if (connection === undefined) return undefined;
    connection.firstCallDeadlineMs = undefined;
    connection.streams += 1;
    const isFlood =
      connection.phase !== 'trusted' && connection.streams > this.#bounds.maxStrangerStreams;
    return isFlood ? 'Flood' : undefined;
  }

  /** Returns the phase that it ended in; undefined when it was not known. */
  closed(key: string): ConnectionPhase | undefined {
    const connection = this.#all.get(key);
    if (connection === undefined) return undefined;
    this.#all.delete(key);
    this.#pending.delete(key);
    add(this.#byAddress, connection.address, -1);
    if (isUnshaken(connection)) this.#leaveHandshake(key, connection);
    return connection.phase;
  }

  /** Everything that must end now, by key. To be called about every second. */
  sweep(nowMs: number): ReadonlyMap<string, EndReason> {
    const ending = new Map<string, EndReason>();
    for (const [key, connection] of this.#pending) {
      const reason = this.#judgePending(key, connection, nowMs);
      if (reason !== undefined) ending.set(key, reason);
      if (connection.phase === 'trusted') this.#pending.delete(key);
    }
    const sinceMs = nowMs - this.#lastTrustedLookMs;
    if (sinceMs < trustedLookMs) return ending;
    this.#lastTrustedLookMs = nowMs;
    for (const [key, connection] of this.#all) {
      const reason = this.#judgeTraffic(connection, Math.min(sinceMs, 2 * trustedLookMs));
      if (reason !== undefined) ending.set(key, reason);
    }
    return ending;
  }

  #findRefusal(address: string, nowMs: number): EndReason | undefined {
    const bounds = this.#bounds;
    if (this.#countDial(address, nowMs) > bounds.maxDialsPerAddressMinute) return 'TooManyDials';
    if (this.#all.size >= bounds.maxConnections) return 'TooManyConnections';
    if (this.#waiting >= bounds.maxWaiting) return 'TooManyHandshakes';
    if ((this.#byAddress.get(address) ?? 0) >= bounds.maxPerAddress) return 'TooManyFromAddress';
    const unshaken = this.#unshakenByAddress.get(address) ?? 0;
    return unshaken >= bounds.maxHandshakesPerAddress ? 'TooManyHandshakes' : undefined;
  }

  #countDial(address: string, nowMs: number): number {
    if (nowMs >= this.#dialWindowEndsAtMs || this.#dials.size >= maxCountedAddresses) {
      this.#dials.clear();
      this.#dialWindowEndsAtMs = nowMs + dialWindowMs;
    }
    return add(this.#dials, address, 1);
  }

  #leaveHandshake(key: string, { phase, address }: Connection): void {
    if (phase === 'handshake') this.#handshakes -= 1;
    else this.#waiting -= 1;
    this.#queue.delete(key);
    add(this.#unshakenByAddress, address, -1);
  }

  #judgePending(key: string, connection: Connection, nowMs: number): EndReason | undefined {
    const { deadlineMs, firstCallDeadlineMs } = connection;
    if (isUnshaken(connection)) {
      if (nowMs < deadlineMs) return undefined;
      return this.#queue.has(key) ? 'TooManyHandshakes' : 'HandshakeTimeout';
    }
    const { accepted, readBytes } = connection.traffic();
    if (accepted) {
      connection.phase = 'trusted';
      return undefined;
    }
    if (readBytes > this.#bounds.maxStrangerBytes) return 'Flood';
    if (firstCallDeadlineMs !== undefined && nowMs >= firstCallDeadlineMs) return 'NoCall';
    return nowMs >= deadlineMs ? 'NoAcceptedCall' : undefined;
  }

  #judgeTraffic(connection: Connection, sinceMs: number): EndReason | undefined {
    const { burstBytes, bytesPerSecond, maxUnreadBytes, minReadBytes } = this.#bounds;
    const { readBytes, writtenBytes, unreadBytes } = connection.traffic();
    const received = readBytes - connection.seenReadBytes;
    const taken = writtenBytes - connection.seenWrittenBytes;
    const refilled = connection.budgetBytes + (bytesPerSecond * sinceMs) / 1_000;
    connection.budgetBytes = Math.min(burstBytes, refilled) - received;
    connection.seenReadBytes = readBytes;
    connection.seenWrittenBytes = writtenBytes;
    const isUnread = unreadBytes > worthReadingBytes;
    const isSlow = connection.wasUnread && isUnread && taken < minReadBytes;
    connection.wasUnread = isUnread;
    if (connection.budgetBytes < 0) return 'Flood';
    return isSlow || unreadBytes > maxUnreadBytes ? 'SlowReader' : undefined;
  }
}

function isUnshaken({ phase }: Connection): boolean {
  return phase === 'waiting' || phase === 'handshake';
}

/** A count that reaches zero leaves the map. */
function add(counts: Map<string, number>, name: string, by: number): number {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
  return count;
}
