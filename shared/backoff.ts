// How long to wait before trying again. Full knowledge is in the arguments, so that every retry in Forehold
// (pairs, streams, watches) shows the same series and a test can predict it.

export interface Backoff {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** Share of the delay that is random: 0 none, 1 full jitter (anything from 0 to the delay). */
  readonly jitterRatio: number;
}

/**
 * Delay before attempt `failures + 1`, after `failures` (at least 1) failures in a row. With initial 30 s, factor
 * 2 and max 5 min: 30, 60, 120, 240, 300, 300 … seconds, each less up to `jitterRatio` of itself.
 * @param random uniform in [0, 1)
 */
export function decideBackoffMs(backoff: Backoff, failures: number, random: number): number {
  const exponent = Math.max(0, failures - 1);
  const fullMs = Math.min(backoff.initialMs * backoff.factor ** exponent, backoff.maxMs);
  return fullMs * (1 - backoff.jitterRatio * random);
}
