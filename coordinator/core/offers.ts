// What an offer says: the pair, the pod's parameters and the fence. The offer is anchored at the node's newest
// heartbeat, so that delay anywhere only shortens it.

import type { Instant } from '../../shared/clock.ts';
import { formatPair, formatPodName } from '../../shared/pair.ts';
import { timing } from '../../shared/protocol.ts';
import type { DesiredImage } from './desired-image.ts';
import type { Effect } from './events.ts';
import { type Lease, newLease } from './lease-table.ts';
import type { NodeState } from './node-state.ts';
import type { State } from './state.ts';
import { subjectOn } from './subject.ts';
import type { Wish } from './wish.ts';

interface OfferSubject {
  readonly id: string;
  readonly image: DesiredImage;
  readonly node: NodeState;
  readonly now: Instant;
}

export function makeOffer({ id, image, node, now }: OfferSubject, state: State) {
  const { session } = node;
  if (session?.heartbeat === undefined)
    throw new Error(`offer to ${node.name} without a heartbeat`);
  const { sequence, receivedAt } = session.heartbeat;
  const { epoch } = state.settings;
  const wishes = validWishes(image);
  const pair = { nodeUid: node.uid, image: image.image, pullSecrets: image.pullSecrets };
  const subject = subjectOn(image.traits, node.nodeClass, node.uid);
  const lease: Lease = newLease({
    id,
    epoch,
    nodeName: node.name,
    nodeUid: node.uid,
    image: image.image,
    pullSecrets: image.pullSecrets,
    podName: formatPodName(pair),
    subject,
    limits: state.use.names(subject),
    offeredAtMs: now.wallMs,
    notAfterMs: receivedAt.wallMs + timing.offerTtlMs,
    pullTimeoutMs: Math.max(...wishes.map((wish) => wish.pullTimeoutMs)),
  });
  const effect: Effect = {
    kind: 'send',
    sessionId: session.id,
    message: {
      kind: 'offer',
      leaseId: id,
      epoch,
      heartbeatSequence: sequence,
      notAfterMs: lease.notAfterMs,
      pair: formatPair(pair),
      podName: lease.podName,
      image: image.image,
      // A present image is enough: IfNotPresent pulls nothing when it is there, whatever everybody forgot.
      imagePullPolicy: wishes.every(isVerifyOnly) ? 'Never' : 'IfNotPresent',
      pullSecrets: image.pullSecrets,
      tolerations: [...image.wishes].flatMap((wish) => wish.rule?.tolerations ?? []),
      limits: lease.limits,
      pullTimeoutMs: lease.pullTimeoutMs,
    },
  };
  const lapsesMs = receivedAt.monotonicMs + timing.offerTtlMs + timing.maxClockSkewMs;
  return { lease, effect, lapsesMs };
}

function validWishes(image: DesiredImage): readonly Wish[] {
  return [...image.wishes].flatMap(({ parsed }) => (parsed.kind === 'valid' ? [parsed.wish] : []));
}

function isVerifyOnly(wish: Wish): boolean {
  return wish.pullPolicy === 'Never';
}
