// Times and spans between milliseconds and protobuf's seconds and nanoseconds.

import type { Duration } from './gen/google/protobuf/Duration.ts';
import type { Timestamp } from './gen/google/protobuf/Timestamp.ts';

// Timestamp's own bound: the last second of the year 9999.
const maxSeconds = 253_402_300_799;

export function toTimestamp(wallMs: number): Timestamp {
  return split(wallMs);
}

/** Null, which is unset on the wire, for undefined. */
export function toOptionalTimestamp(wallMs: number | undefined): Timestamp | null {
  return wallMs === undefined ? null : toTimestamp(wallMs);
}

/** Undefined when the field is not set or no time. */
export function fromTimestamp(time: Timestamp | null): number | undefined {
  return join(time);
}

export function toDuration(spanMs: number): Duration {
  return split(spanMs);
}

/** Undefined when the field is not set, negative or no span. */
export function fromDuration(span: Duration | null): number | undefined {
  return join(span);
}

function split(totalMs: number): { seconds: number; nanos: number } {
  const wholeMs = Math.round(totalMs);
  const seconds = Math.floor(wholeMs / 1_000);
  return { seconds, nanos: (wholeMs - seconds * 1_000) * 1_000_000 };
}

function join(value: { seconds: number; nanos: number } | null): number | undefined {
  if (value === null) return undefined;
  const { seconds, nanos } = value;
  const fits = seconds >= 0 && seconds <= maxSeconds && nanos >= 0 && nanos < 1_000_000_000;
  return fits ? seconds * 1_000 + Math.floor(nanos / 1_000_000) : undefined;
}
