// The status of a CachedImage, from the counts that Demand keeps. Phases, condition types and message shapes are
// those that users of drop know (shared behaviour 2.4), with three differences: failures carry our classified reason,
// one bad node among many is a message and not Degraded, and no target node at all is not a failure.

import type { Instant } from '../../shared/clock.ts';
import type { Condition } from '../../shared/kube-types.ts';
import type { Reason } from '../../shared/reason.ts';
import { formatTimestampSeconds } from '../../shared/timestamp.ts';
import type { PairState } from './desired-image.ts';
import type { CachedImageStatus, ImagePhase, NodeAttention } from './events.ts';
import type { NodeState } from './node-state.ts';
import type { WishState } from './wish-state.ts';

/** A larger share of failing nodes is the image's fault, not the nodes'. */
const degradedShare = 0.2;
const maxCachedNodes = 100;
const maxAttention = 20;
const maxConditionMessage = 1_024;

interface Verdict {
  readonly phase: ImagePhase;
  readonly ready: Said;
  readonly progress: Said;
}

export interface Said {
  readonly status: 'True' | 'False';
  readonly reason: Reason;
  readonly message: string;
}

/** @param paused what is paused, by whom and why; undefined when nothing holds the image back that way */
export function describeStatus(wish: WishState, now: Instant, paused?: string): CachedImageStatus {
  const { phase, ready, progress } = judgeWish(wish, paused);
  wish.conditions = [
    toCondition('Ready', ready, wish.conditions, now),
    toCondition('PullProgress', progress, wish.conditions, now),
    ...listPolicyConditions(wish, now),
  ];
  const { counts } = wish;
  return {
    observedGeneration: wish.generation,
    phase,
    ready: `${counts.ready}/${wish.targeted}`,
    ...(wish.resolvedDigest === undefined ? {} : { resolvedDigest: wish.resolvedDigest }),
    nodesTargeted: wish.targeted,
    nodesReady: counts.ready,
    nodesPulling: counts.pulling + counts.retrying,
    nodesFailed: counts.failed + counts.retrying,
    cachedNodes: listCachedNodes(wish),
    nodes: listAttention(wish),
    consecutiveFailures: wish.consecutiveFailures,
    ...describeRest(wish),
    ...(wish.lastPulledAt === undefined ? {} : { lastPulledAt: wish.lastPulledAt }),
    ...(wish.lastAttemptedAt === undefined ? {} : { lastAttemptedAt: wish.lastAttemptedAt }),
    conditions: wish.conditions,
  };
}

/**
 * Changes exactly when a status has to be written at once: generation, phase, status or reason of Ready, and whether its
 * policy exists. That a pull
 * ends before the next one begins turns PullProgress False for a moment, many times in a roll-out: it goes with the counts.
 */
export function summariseStatus(wish: WishState, paused?: string): string {
  const { phase, ready } = judgeWish(wish, paused);
  const isPolicyMissing = wish.policyName !== undefined && wish.policy === undefined;
  return [wish.generation, phase, ready.status, ready.reason, isPolicyMissing].join(' ');
}

function judgeWish(wish: WishState, paused: string | undefined): Verdict {
  if (wish.parsed.kind === 'invalid') {
    const { message } = wish.parsed;
    return {
      phase: 'Degraded',
      ready: { status: 'False', reason: 'InvalidSpec', message },
      progress: {
        status: 'False',
        reason: 'Idle',
        message: 'Nothing is pulled until the spec is corrected',
      },
    };
  }
  const phase = judgePhase(wish);
  const verdict = { phase, ready: judgeReady(wish, phase), progress: judgeProgress(wish, phase) };
  return paused === undefined || phase === 'Ready' ? verdict : addPause(verdict, paused);
}

/** What fails and what is being pulled is said before; for the rest the pause is the reason. */
function addPause({ phase, ready, progress }: Verdict, paused: string): Verdict {
  return {
    phase,
    ready: {
      ...ready,
      reason: ready.reason === 'InProgress' ? 'Paused' : ready.reason,
      message: `${ready.message}, ${paused}`,
    },
    progress:
      progress.reason === 'Idle' ? { ...progress, reason: 'Paused', message: paused } : progress,
  };
}

function judgePhase(wish: WishState): ImagePhase {
  const { counts, targeted } = wish;
  if (counts.ready === targeted) return 'Ready';
  const failing = counts.failed + counts.retrying;
  const canNobodyPull = failing > 0 && counts.ready === 0 && counts.pulling === 0;
  if (canNobodyPull || failing > targeted * degradedShare) return 'Degraded';
  return counts.ready + counts.pulling + counts.retrying > 0 ? 'Pulling' : 'Pending';
}

function judgeReady(wish: WishState, phase: ImagePhase): Said {
  const { counts, targeted } = wish;
  if (targeted === 0) {
    const message = 'No node matches nodeSelector and tolerations';
    return { status: 'True', reason: 'NoTargetNodes', message };
  }
  if (phase === 'Ready') {
    return {
      status: 'True',
      reason: 'Cached',
      message: `Image cached on all ${targeted} target nodes`,
    };
  }
  const progress = `${counts.ready}/${targeted} nodes ready`;
  const failing = firstFailing(wish);
  if (failing === undefined) return { status: 'False', reason: 'InProgress', message: progress };
  const [node, pair] = failing;
  return {
    status: 'False',
    reason: phase === 'Degraded' ? pair.reason : 'InProgress',
    message: `${progress}, ${counts.failed + counts.retrying} failing, ${node.name}: ${pair.message || pair.reason}`,
  };
}

function judgeProgress(wish: WishState, phase: ImagePhase): Said {
  const { counts, targeted } = wish;
  const done = `${counts.ready}/${targeted}`;
  const pulling = counts.pulling + counts.retrying;
  if (pulling > 0) {
    const message = `Actively pulling on ${pulling} node(s), ${done} complete`;
    return { status: 'True', reason: 'Pulling', message };
  }
  if (phase === 'Ready')
    return { status: 'False', reason: 'Complete', message: 'All pulls complete' };
  if (phase === 'Degraded') {
    const message = `Pull stalled: ${done} nodes ready, retrying with backoff`;
    return { status: 'False', reason: 'Stalled', message };
  }
  return { status: 'False', reason: 'Idle', message: 'Waiting to start pulls' };
}

/** Said as long as it is so: what does not exist paces nothing, and nobody should believe it does. */
function listPolicyConditions(wish: WishState, now: Instant): readonly Condition[] {
  if (wish.policyName === undefined || wish.policy !== undefined) return [];
  const message = `PullPolicy ${wish.policyName} does not exist: the built-in limits hold`;
  const said = { status: 'True', reason: 'PolicyNotFound', message } as const;
  return [toCondition('PolicyNotFound', said, wish.conditions, now)];
}

function firstFailing(wish: WishState): [NodeState, PairState] | undefined {
  for (const node of wish.failing) {
    const pair = wish.desired?.pairs.get(node);
    if (pair !== undefined) return [node, pair];
  }
  return undefined;
}

function describeRest({ desired, counts, targeted }: WishState): Partial<CachedImageStatus> {
  if (desired?.rest === undefined || counts.ready === targeted) return {};
  const { attempts, nextAttemptAtMs } = desired.rest;
  return { attempts, nextAttemptAt: formatTimestampSeconds(nextAttemptAtMs) };
}

function listCachedNodes(wish: WishState): readonly string[] {
  const names: string[] = [];
  for (const [node, standing] of wish.standings) if (standing === 'ready') names.push(node.name);
  return names.sort().slice(0, maxCachedNodes);
}

function listAttention(wish: WishState): readonly NodeAttention[] {
  const attention: NodeAttention[] = [];
  for (const node of wish.failing) {
    const pair = wish.desired?.pairs.get(node);
    if (pair === undefined) continue;
    attention.push({
      node: node.name,
      reason: pair.reason,
      message: pair.message.slice(0, maxConditionMessage),
      attempts: pair.failures,
      nextAttemptAt: formatTimestampSeconds(pair.nextAttemptAtMs),
    });
    if (attention.length === maxAttention) break;
  }
  return attention.sort((a, b) => (a.node < b.node ? -1 : 1));
}

/** Keeps the transition time while the status stays. */
export function toCondition(
  type: string,
  said: Said,
  before: readonly Condition[],
  now: Instant,
): Condition {
  const same = before.find(
    (condition) => condition.type === type && condition.status === said.status,
  );
  return {
    type,
    status: said.status,
    reason: said.reason,
    message: said.message.slice(0, maxConditionMessage),
    lastTransitionTime: same?.lastTransitionTime ?? formatTimestampSeconds(now.wallMs),
  };
}
