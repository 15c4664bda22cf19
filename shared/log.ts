// The one way to log: a line of JSON per event, constant message in the past tense, everything else in fields.
// Child loggers carry what a line is about (`node`, `sessionId`). What has the shape of a secret is taken out of every
// line, wherever it came from.

import { pino } from 'pino';
import { redact } from './redact.ts';

export type Log = pino.Logger;

export const logLevels = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Lines go to standard output unless a destination is given; `name` says which program speaks. */
export function openLog(name: string, level: LogLevel, destination?: pino.DestinationStream): Log {
  const options = {
    level,
    base: { program: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: redact },
    // Delays are drawn, and nobody reads fractions of a millisecond.
    serializers: { err: describeError, delayMs: Math.round },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

// pino's own puts the messages of the causes behind an error's message, which with us says them already.
function describeError(error: Error): object {
  const described = pino.stdSerializers.err(error);
  return error instanceof Error ? { ...described, message: error.message } : described;
}
