// One session after another: the agent dials one coordinator at a time until one welcomes it, and begins anew after a
// pause that grows and is drawn at random, so that a thousand agents do not come back at once.

import { type Backoff, decideBackoffMs } from '../shared/backoff.ts';
import { type Clock, waitFor } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import { leaderTrailer } from '../shared/names.ts';
import type { Hello } from '../shared/protocol.ts';
import { StatusError } from '../shared/rpc.ts';
import { WireError } from '../shared/wire-parts.ts';
import { findAddresses, type Resolve, Round } from './discovery.ts';
import { Session, type SessionOwner } from './session.ts';
import type { SessionToken } from './session-token.ts';
import type { OpenStream } from './transport.ts';

export interface DiallingOptions {
  readonly owner: SessionOwner;
  /** First message of a stream; waits until the node and its pull pods are known. */
  readonly greet: (signal: AbortSignal) => Promise<Hello>;
  /** HOST:PORT; a name is resolved anew for every round. */
  readonly coordinator: string;
  readonly resolve: Resolve;
  readonly openStream: OpenStream;
  /** Undefined where every agent is believed. */
  readonly sessionToken?: SessionToken | undefined;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

// After the end of a leader the next one takes 6.5 s to lead; by then agents have asked about three times. It
// serves 5,000 within half a minute of its processor time; longer pauses than 15 s would only add to that.
const backoff: Backoff = { initialMs: 1_000, factor: 2, maxMs: 15_000, jitterRatio: 1 };
// Another agent speaks for this node, or this one is of no use to the coordinator: haste would only add noise.
const longBackoff: Backoff = { initialMs: 30_000, factor: 1, maxMs: 30_000, jitterRatio: 0.5 };
// The coordinator ended a session whose token had ended; a newer one lies ready.
const expiredWord = 'TokenExpired:';
const settledMs = 30_000;
const passingCodes: readonly string[] = [
  'UNAVAILABLE',
  'RESOURCE_EXHAUSTED',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
];

// The others may lead, or be reached. One that is overloaded is no reason to ask the next.
const nextCodes: readonly string[] = ['UNAVAILABLE', 'DEADLINE_EXCEEDED'];

/**
 * Resolves when the signal aborts.
 * @throws what is no end of a stream, such as UnsafeAddressError
 */
export async function runSessions(options: DiallingOptions, signal: AbortSignal): Promise<void> {
  const { clock, random, log } = options;
  let failures = 0;
  let leader: string | undefined;
  while (!signal.aborted) {
    const end = await runRound(options, leader, signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
    });
    if (end === undefined || signal.aborted) return;
    const { error, welcomed, lastedMs } = end;
    leader = end.leader;
    // A session that ends as soon as it was welcomed is no better than none.
    failures = welcomed && lastedMs >= settledMs ? 1 : failures + 1;
    const delayMs = decideDelayMs({ error, welcomed }, failures, random());
    log.warn({ why: error.message, ...describeCode(error), welcomed, delayMs }, 'session ended');
    await waitFor(clock, delayMs, signal).catch(() => undefined);
  }
}

function decideDelayMs(
  { error, welcomed }: { readonly error: StatusError | WireError; readonly welcomed: boolean },
  failures: number,
  random: number,
): number {
  const isExpired = error.message.startsWith(expiredWord);
  if (isExpired && welcomed) return 0;
  // The kubelet may be about to write a newer one.
  const isShort = isExpired || isPassing(error);
  return decideBackoffMs(isShort ? backoff : longBackoff, failures, random);
}

interface SessionEnd {
  readonly error: StatusError | WireError;
  readonly welcomed: boolean;
  readonly lastedMs: number;
  /** HOST:PORT of the leader, by the word of the coordinator that ended it. */
  readonly leader: string | undefined;
}

/** Dials one address after the other until one has welcomed us, or none is left. */
async function runRound(
  options: DiallingOptions,
  leader: string | undefined,
  signal: AbortSignal,
): Promise<SessionEnd> {
  const { coordinator, resolve, random, log } = options;
  let end: SessionEnd | undefined;
  try {
    const round = new Round(await findAddresses(coordinator, resolve), random);
    let address = round.next(leader);
    while (address !== undefined && !signal.aborted) {
      end = await runSession(options, address, signal);
      if (end.welcomed || !mayTryNext(end.error)) return end;
      log.debug({ address, why: end.error.message }, 'coordinator not used');
      address = round.next(end.leader);
    }
  } catch (error) {
    return describeEnd(error, { welcomed: false, lastedMs: 0 });
  }
  return end ?? describeEnd(nobody(coordinator), { welcomed: false, lastedMs: 0 });
}

function nobody(coordinator: string): StatusError {
  return new StatusError('UNAVAILABLE', `there is no coordinator behind ${coordinator}`);
}

async function runSession(
  options: DiallingOptions,
  address: string,
  signal: AbortSignal,
): Promise<SessionEnd> {
  const { greet, openStream, clock, sessionToken } = options;
  const startedAtMs = clock.now().monotonicMs;
  let session: Session | undefined;
  try {
    const hello = await greet(signal);
    const stream = openStream(address, clock, sessionToken?.present());
    session = new Session({ ...options, stream });
    return await session.run(hello, signal);
  } catch (error) {
    const lastedMs = clock.now().monotonicMs - startedAtMs;
    return describeEnd(error, { welcomed: session?.welcomed ?? false, lastedMs });
  }
}

/** @throws the error itself when it is no end of a stream. */
function describeEnd(
  error: unknown,
  session: Pick<SessionEnd, 'welcomed' | 'lastedMs'>,
): SessionEnd {
  if (error instanceof WireError) return { ...session, error, leader: undefined };
  if (!(error instanceof StatusError)) throw error;
  return { ...session, error, leader: error.trailers[leaderTrailer] };
}

function mayTryNext(error: StatusError | WireError): boolean {
  return isPassing(error) && error instanceof StatusError && nextCodes.includes(error.code);
}

function isPassing(error: StatusError | WireError): boolean {
  if (error.message.includes('ProtocolUnsupported')) return false;
  return error instanceof StatusError && passingCodes.includes(error.code);
}

function describeCode(error: StatusError | WireError): { readonly code?: string } {
  return error instanceof StatusError ? { code: error.code } : {};
}
