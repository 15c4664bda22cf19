// The closed lists of the session's messages, between the words of the code and those of the wire.

import type { ImagePullPolicy } from './gen/forehold/v1/ImagePullPolicy.ts';
import type { LeaseUpdateState } from './gen/forehold/v1/LeaseUpdateState.ts';
import type { Outcome as WireOutcome } from './gen/forehold/v1/Outcome.ts';
import type { Provenance as WireProvenance } from './gen/forehold/v1/Provenance.ts';
import type { LeaseUpdate, Outcome, PodPullPolicy, Provenance } from './protocol.ts';

const outcomes = {
  Succeeded: 'OUTCOME_SUCCEEDED',
  Failed: 'OUTCOME_FAILED',
  Cancelled: 'OUTCOME_CANCELLED',
  Unknown: 'OUTCOME_UNKNOWN',
} as const satisfies Record<Outcome, WireOutcome>;

const provenances = {
  nodeStatus: 'PROVENANCE_NODE_STATUS',
  pullPod: 'PROVENANCE_PULL_POD',
} as const satisfies Record<Provenance, WireProvenance>;

const podPullPolicies = {
  IfNotPresent: 'IMAGE_PULL_POLICY_IF_NOT_PRESENT',
  Never: 'IMAGE_PULL_POLICY_NEVER',
  Always: 'IMAGE_PULL_POLICY_ALWAYS',
} as const satisfies Record<PodPullPolicy, ImagePullPolicy>;

const updateStates = {
  accepted: 'LEASE_UPDATE_STATE_ACCEPTED',
  declined: 'LEASE_UPDATE_STATE_DECLINED',
  ended: 'LEASE_UPDATE_STATE_ENDED',
} as const satisfies Record<LeaseUpdate['state'], LeaseUpdateState>;

/** Undefined is unspecified on the wire. */
export function toOutcome(outcome: Outcome | undefined): WireOutcome {
  return outcome === undefined ? 'OUTCOME_UNSPECIFIED' : outcomes[outcome];
}

/** Undefined when unspecified or not known here, as in all readers below. */
export function fromOutcome(wire: WireOutcome): Outcome | undefined {
  return findWord(outcomes, wire);
}

export function toProvenance(provenance: Provenance): WireProvenance {
  return provenances[provenance];
}

export function fromProvenance(wire: WireProvenance): Provenance | undefined {
  return findWord(provenances, wire);
}

export function toPodPullPolicy(policy: PodPullPolicy): ImagePullPolicy {
  return podPullPolicies[policy];
}

export function fromPodPullPolicy(wire: ImagePullPolicy): PodPullPolicy | undefined {
  return findWord(podPullPolicies, wire);
}

export function toUpdateState(state: LeaseUpdate['state']): LeaseUpdateState {
  return updateStates[state];
}

export function fromUpdateState(wire: LeaseUpdateState): LeaseUpdate['state'] | undefined {
  return findWord(updateStates, wire);
}

function findWord<Word extends string>(
  table: Readonly<Record<Word, string>>,
  wire: string,
): Word | undefined {
  for (const word in table) if (table[word] === wire) return word;
  return undefined;
}
