// What a failover may cost (ARCHITECTURE.md says why), and whether it kept to that.

import { timing } from '../../shared/protocol.ts';

export interface Measured {
  readonly agents: number;
  readonly sessionsBackSeconds: number;
  readonly firstOfferSeconds: number;
  readonly leadershipLosses: number;
  readonly sessionsAfterwards: number;
  readonly steadyCores: number;
  readonly steadyCoresAfter: number;
  readonly leaderMib: number;
  readonly nextLeaderPeakMib: number;
}

const bounds = {
  sessionsBackSeconds: 60,
  firstOfferSeconds: 10 + timing.offerTtlMs / 1_000,
  residentMib: 1_024,
  steadyCores: 0.5,
} as const;

/** Each bound, and whether it is kept; by the names under which the bench shows them. */
export function judge(measured: Measured): Readonly<Record<string, number | boolean>> {
  const { steadyCores, steadyCoresAfter, leaderMib, nextLeaderPeakMib } = measured;
  return {
    maxSessionsBackSeconds: bounds.sessionsBackSeconds,
    sessionsBackKept: measured.sessionsBackSeconds < bounds.sessionsBackSeconds,
    sessionsKept: measured.sessionsAfterwards === measured.agents,
    maxFirstOfferSeconds: bounds.firstOfferSeconds,
    firstOfferKept: measured.firstOfferSeconds < bounds.firstOfferSeconds,
    leadershipKept: measured.leadershipLosses === 0,
    maxCores: bounds.steadyCores,
    coresKept: Math.max(steadyCores, steadyCoresAfter) <= bounds.steadyCores,
    maxResidentMib: bounds.residentMib,
    residentKept: Math.max(leaderMib, nextLeaderPeakMib) <= bounds.residentMib,
  };
}
