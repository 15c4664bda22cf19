// The offer, between the code's words and the wire's.

import type { OfferInput, Offer as WireOffer } from './gen/forehold/v1/Offer.ts';
import type { Toleration as WireToleration } from './gen/forehold/v1/Toleration.ts';
import type { Toleration } from './kube-types.ts';
import type { Offer } from './protocol.ts';
import { fromPodPullPolicy, toPodPullPolicy } from './wire-enums.ts';
import { requireCount, requireSet } from './wire-parts.ts';
import { fromDuration, fromTimestamp, toDuration, toTimestamp } from './wire-time.ts';

export function toOffer(offer: Offer): OfferInput {
  return {
    leaseId: offer.leaseId,
    epoch: offer.epoch,
    heartbeatSequence: offer.heartbeatSequence,
    notAfter: toTimestamp(offer.notAfterMs),
    pair: offer.pair,
    podName: offer.podName,
    image: offer.image,
    imagePullPolicy: toPodPullPolicy(offer.imagePullPolicy),
    pullSecrets: [...offer.pullSecrets],
    tolerations: [...offer.tolerations],
    limits: [...offer.limits],
    pullTimeout: toDuration(offer.pullTimeoutMs),
  };
}

/** @throws WireError */
export function fromOffer(wire: WireOffer): Offer {
  return {
    kind: 'offer',
    leaseId: wire.leaseId,
    epoch: requireCount('offer.epoch', wire.epoch),
    heartbeatSequence: requireCount('offer.heartbeat_sequence', wire.heartbeatSequence),
    notAfterMs: requireSet('offer.not_after', fromTimestamp(wire.notAfter)),
    pair: wire.pair,
    podName: wire.podName,
    image: wire.image,
    imagePullPolicy: requireSet('offer.image_pull_policy', fromPodPullPolicy(wire.imagePullPolicy)),
    pullSecrets: wire.pullSecrets,
    tolerations: wire.tolerations.map(fromToleration),
    limits: wire.limits,
    pullTimeoutMs: requireSet('offer.pull_timeout', fromDuration(wire.pullTimeout)),
  };
}

// An empty field is an absent one, as in a pod's spec.
function fromToleration(wire: WireToleration): Toleration {
  const { key, operator, value, effect, tolerationSeconds } = wire;
  return {
    ...(key === '' ? {} : { key }),
    ...(operator === '' ? {} : { operator }),
    ...(value === '' ? {} : { value }),
    ...(effect === '' ? {} : { effect }),
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  };
}
