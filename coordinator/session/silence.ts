// Notices that a peer has gone silent. One timer per stream that looks back, instead of one per message: thousands of
// streams speak every ten seconds.

import type { Clock } from '../../shared/clock.ts';

export interface Silence {
  /** The peer spoke; from now on it may be silent for `maxSilenceMs`. */
  heard(maxSilenceMs: number): void;
  stop(): void;
}

/** Calls `onSilent` once, when nothing was heard for as long as allowed; at first that is `maxSilenceMs`. */
export function watchSilence(clock: Clock, maxSilenceMs: number, onSilent: () => void): Silence {
  let deadlineMs = clock.now().monotonicMs + maxSilenceMs;
  const look = (): void => {
    const remainingMs = deadlineMs - clock.now().monotonicMs;
    if (remainingMs <= 0) onSilent();
    else timer = clock.startTimer(remainingMs, look);
  };
  let timer = clock.startTimer(maxSilenceMs, look);
  return {
    heard: (allowedMs) => {
      deadlineMs = clock.now().monotonicMs + allowedMs;
    },
    stop: () => timer.cancel(),
  };
}
