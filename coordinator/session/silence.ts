// Notices that a peer has gone silent. One timer per stream that looks back, instead of one per message: thousands of
// streams speak every ten seconds. Before it says so it looks twice: this process may have stood still itself, with
// the peer's words waiting in the socket.

import type { Clock } from '../../shared/clock.ts';

export interface Silence {
  /** The peer spoke; from now on it may be silent for `maxSilenceMs`. */
  heard(maxSilenceMs: number): void;
  stop(): void;
}

// Of the silence allowed; a process that stands still for longer than this has lost more than sessions.
const secondLookRatio = 0.1;

/** Calls `onSilent` once, when nothing was heard for as long as allowed; at first that is `maxSilenceMs`. */
export function watchSilence(clock: Clock, maxSilenceMs: number, onSilent: () => void): Silence {
  let allowedMs = maxSilenceMs;
  let deadlineMs = clock.now().monotonicMs + maxSilenceMs;
  let isSecondLook = false;
  const look = (): void => {
    const remainingMs = deadlineMs - clock.now().monotonicMs;
    if (remainingMs > 0) {
      isSecondLook = false;
      timer = clock.startTimer(remainingMs, look);
    } else if (isSecondLook) {
      onSilent();
    } else {
      isSecondLook = true;
      timer = clock.startTimer(allowedMs * secondLookRatio, look);
    }
  };
  let timer = clock.startTimer(maxSilenceMs, look);
  return {
    heard: (spanMs) => {
      allowedMs = spanMs;
      deadlineMs = clock.now().monotonicMs + spanMs;
    },
    stop: () => timer.cancel(),
  };
}
