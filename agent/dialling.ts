// One session after another: the agent dials, and dials again after a pause that grows and is drawn at random, so that
// a thousand agents do not come back at once.

import { type Backoff, decideBackoffMs } from '../shared/backoff.ts';
import { type Clock, waitFor } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import type { Hello } from '../shared/protocol.ts';
import { StatusError } from '../shared/rpc.ts';
import { WireError } from '../shared/wire-parts.ts';
import { Session, type SessionOwner } from './session.ts';
import type { OpenStream } from './transport.ts';

export interface DiallingOptions {
  readonly owner: SessionOwner;
  /** First message of a stream; waits until the node and its pull pods are known. */
  readonly greet: (signal: AbortSignal) => Promise<Hello>;
  /** HOST:PORT */
  readonly coordinator: string;
  readonly openStream: OpenStream;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

const backoff: Backoff = { initialMs: 1_000, factor: 2, maxMs: 30_000, jitterRatio: 1 };
// Another agent speaks for this node, or this one is of no use to the coordinator: haste would only add noise.
const longBackoff: Backoff = { initialMs: 30_000, factor: 1, maxMs: 30_000, jitterRatio: 0.5 };
const settledMs = 30_000;
const passingCodes: readonly string[] = [
  'UNAVAILABLE',
  'RESOURCE_EXHAUSTED',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
];

/**
 * Resolves when the signal aborts.
 * @throws what is no end of a stream, such as UnsafeAddressError
 */
export async function runSessions(options: DiallingOptions, signal: AbortSignal): Promise<void> {
  const { clock, random, log } = options;
  let failures = 0;
  while (!signal.aborted) {
    const { error, welcomed, lastedMs } = await runSession(options, signal);
    if (signal.aborted) return;
    if (!(error instanceof StatusError) && !(error instanceof WireError)) throw error;
    // A session that ends as soon as it was welcomed is no better than none.
    failures = welcomed && lastedMs >= settledMs ? 1 : failures + 1;
    const delayMs = decideBackoffMs(isPassing(error) ? backoff : longBackoff, failures, random());
    log.warn({ why: error.message, ...describeCode(error), welcomed, delayMs }, 'session ended');
    await waitFor(clock, delayMs, signal).catch(() => undefined);
  }
}

interface SessionEnd {
  readonly error: unknown;
  readonly welcomed: boolean;
  readonly lastedMs: number;
}

async function runSession(options: DiallingOptions, signal: AbortSignal): Promise<SessionEnd> {
  const { greet, coordinator, openStream, clock } = options;
  const startedAtMs = clock.now().monotonicMs;
  let session: Session | undefined;
  try {
    const hello = await greet(signal);
    session = new Session({ ...options, stream: openStream(coordinator, clock) });
    return await session.run(hello, signal);
  } catch (error) {
    const lastedMs = clock.now().monotonicMs - startedAtMs;
    return { error, welcomed: session?.welcomed ?? false, lastedMs };
  }
}

function isPassing(error: StatusError | WireError): boolean {
  if (error.message.includes('ProtocolUnsupported')) return false;
  return error instanceof StatusError && passingCodes.includes(error.code);
}

function describeCode(error: StatusError | WireError): { readonly code?: string } {
  return error instanceof StatusError ? { code: error.code } : {};
}
