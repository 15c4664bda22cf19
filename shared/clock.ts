// Time as an argument. Two clocks, because they lie differently: wall time may jump (calendar, annotations,
// status), monotonic time never goes back (deadlines inside one process). Tests and the embedded cluster bring
// their own, virtual or scaled; nothing else may touch Date or setTimeout.

/** One reading of both clocks. */
export interface Instant {
  /** Milliseconds since 1970, may jump. */
  readonly wallMs: number;
  /** Milliseconds since an arbitrary start of this process, never goes back. */
  readonly monotonicMs: number;
}

export interface Timer {
  /** Idempotent; after it the callback never runs. */
  cancel(): void;
}

export interface Clock {
  now(): Instant;
  /** Runs `callback` once, `delayMs` (of this clock) from now; below zero counts as zero. */
  startTimer(delayMs: number, callback: () => void): Timer;
}

// setTimeout treats more than 2^31-1 ms as 1 ms; longer timers are armed in steps.
const maxTimeoutMs = 2 ** 31 - 1;

/** The machine's clocks, `speed` times as fast: 10 means that ten seconds of this clock pass in one real second. */
export function openSystemClock(speed = 1): Clock {
  const startWallMs = Date.now();
  const startMonotonicMs = performance.now();
  // At speed 1 wall time follows the machine, jumps included; scaled time has a calendar of its own.
  const wallMs =
    speed === 1
      ? () => Date.now()
      : () => startWallMs + (performance.now() - startMonotonicMs) * speed;
  return {
    now: () => ({ wallMs: wallMs(), monotonicMs: performance.now() * speed }),
    startTimer: (delayMs, callback) => startSystemTimer(Math.max(0, delayMs / speed), callback),
  };
}

function startSystemTimer(delayMs: number, callback: () => void): Timer {
  let remainingMs = delayMs;
  let timeout = arm();
  function arm(): NodeJS.Timeout {
    const stepMs = Math.min(remainingMs, maxTimeoutMs);
    return setTimeout(() => {
      remainingMs -= stepMs;
      if (remainingMs > 0) timeout = arm();
      else callback();
    }, stepMs);
  }
  return { cancel: () => clearTimeout(timeout) };
}

/**
 * Resolves after `delayMs` of `clock`.
 * @throws the signal's reason as soon as `signal` aborts.
 */
export function waitFor(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.startTimer(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
