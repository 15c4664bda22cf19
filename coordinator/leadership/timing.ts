// The numbers of leadership, and why two tenures cannot overlap.
//
// A leader counts its tenure from the moment at which it sent the renewal that succeeded; a candidate counts the Lease's
// time from the moment at which it saw that renewal, which is later. Each uses its own monotonic clock. With clocks that
// run 1 % wrong in opposite directions a tenure ends after at most 5.5 / 0.99 = 5.56 s of true time, and no candidate
// writes before 6.5 / 1.01 = 6.43 s: 0.87 s lie between them, for an offer that is on its way out of a process.
// What travels longer is caught by the offer's own time: a new reign waits offerTtl + maxClockSkew before it offers.
//
// A killed leader is followed 6.5 s after its last renewal, and that one offers 17 s later: 23.5 s of the 25 s allowed.

export const leadershipTiming = {
  /** A candidate takes the Lease when it has not changed for this long under its eyes. */
  leaseMs: 6_500,
  /** No effect of a reign goes out later than this after the last renewal was sent. */
  tenureMs: 5_500,
  renewEveryMs: 2_000,
  /** Pause after a renewal that nobody answered; sooner than the next one, so that a short outage costs no tenure. */
  retryAfterMs: 1_000,
  /** One request that hangs leaves time for another within the tenure. */
  requestTimeoutMs: 3_000,
  /** SIGTERM leaves two seconds for everything; ending streams takes one. */
  releaseTimeoutMs: 700,
  /** A leader that could not renew for so long lets go of its agents: perhaps another one can reach the API server. */
  giveUpMs: 180_000,
} as const;
