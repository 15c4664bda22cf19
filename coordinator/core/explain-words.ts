// What Explain says: the verdict with the facts of this one pair, in sentences for people. What it has no words of its own
// for it says in those of the reason (shared/reason.ts), so that a new reason needs nothing here.

import { formatDuration } from '../../shared/duration.ts';
import { timing } from '../../shared/protocol.ts';
import { describeReason, type Reason } from '../../shared/reason.ts';
import type { DesiredImage } from './desired-image.ts';
import { decideVerdict, type PairQuestion, type Verdict } from './explain.ts';
import type { Lease } from './lease-table.ts';
import { sayLease, showHolder } from './lease-words.ts';
import { describeLimitUse, findHolders } from './limit-report.ts';
import { findTaint } from './target.ts';
import type { ExplanationView } from './views.ts';

/** As many holders of a limit as a person reads; its use says how many there are. */
const maxHolders = 20;
const maxMessageLength = 1_024;

/** What differs from the words of the reason and from nothing known. */
export type Facts = Partial<
  Pick<ExplanationView, 'message' | 'nextAction' | 'sinceMs' | 'nextAtMs' | 'limit' | 'holders'>
>;

export function explainPair(question: PairQuestion): ExplanationView {
  const { image, node } = question;
  const pair = image.pairs.get(node);
  const verdict = decideVerdict(question);
  const { meaning, remedy } = describeReason(verdict.reason);
  const facts = findFacts(question, verdict);
  return {
    image: image.image,
    pullSecrets: image.pullSecrets,
    nodeName: node.name,
    nodeUid: node.uid,
    reason: verdict.reason,
    sinceMs: facts.sinceMs,
    nextAtMs: facts.nextAtMs,
    limit: facts.limit,
    holders: facts.holders ?? [],
    attempts: pair?.failures ?? 0,
    lastFailure: pair === undefined || pair.failures === 0 ? '' : pair.reason,
    message: (facts.message ?? toClause(meaning)).slice(0, maxMessageLength),
    nextAction: facts.nextAction ?? toClause(remedy),
  };
}

function findFacts(question: PairQuestion, verdict: Verdict): Facts {
  switch (verdict.kind) {
    case 'lease':
      return sayLease(verdict.lease);
    case 'limit':
      return sayLimit(question, verdict);
    case 'gate':
      return sayGate(question, verdict);
    case 'held':
      return sayHeld(question);
    case 'target':
      return verdict.reason === 'NodeTainted' ? sayTaint(question) : {};
    case 'recovering':
      return sayRecovering(question);
    case 'node':
      return sayNode(question, verdict.reason);
    case 'leftoverPod':
      return {};
    case 'backoff':
      return sayBackoff(question);
    case 'free':
      return { message: 'nothing holds it back', nextAction: 'it is offered at once' };
    default:
      return verdict satisfies never;
  }
}

type LimitVerdict = Extract<Verdict, { kind: 'limit' }>;

function sayLimit(question: PairQuestion, verdict: LimitVerdict): Facts {
  const { state, image, node } = question;
  const { limit, reason, wait } = verdict;
  if (reason === 'RateLimit' || reason === 'MinDelay') return sayPace(question, verdict);
  const use = describeLimitUse(state, limit, { image, node });
  const holders = findHolders(state, limit, { image, node });
  const scope = use.scope === '' ? '' : ` for ${limit.per} ${use.scope}`;
  const rival = reason === 'LowerPriority' ? `, and ${wait.by} goes before this image` : '';
  return {
    message: `limit ${limit.name} allows ${use.slots} at once${scope}, and ${use.inUse} are under way${rival}`,
    nextAction: 'a slot frees when one of the holders ends; raise the limit if that takes too long',
    // The last slot was taken then, unless the limit was lowered since.
    sinceMs: latestOffer(holders),
    limit: use,
    holders: holders.slice(0, maxHolders).map(showHolder),
  };
}

/** Limits of starts: nobody holds them, time passes. */
function sayPace({ state, image, node, now }: PairQuestion, verdict: LimitVerdict): Facts {
  const { limit, reason, wait } = verdict;
  const rule =
    reason === 'RateLimit'
      ? `${limit.startsPerMinute} pulls to start within a minute`
      : `the next pull to start ${formatDuration(limit.minDelayMs ?? 0)} after the last one`;
  return {
    message: `limit ${limit.name} allows ${rule}`,
    limit: describeLimitUse(state, limit, { image, node }),
    nextAtMs: wait.retryAtMs === undefined ? undefined : toWallMs(wait.retryAtMs, now),
  };
}

function latestOffer(leases: readonly Lease[]): number | undefined {
  return leases.length === 0
    ? undefined
    : leases.reduce((latest, { offeredAtMs }) => Math.max(latest, offeredAtMs), 0);
}

function sayGate(
  { state, image, now }: PairQuestion,
  { reason, wait }: Extract<Verdict, { kind: 'gate' }>,
): Facts {
  if (reason === 'Paused') return { message: wait.by, sinceMs: state.pauses.find(image)?.sinceMs };
  const meaning = toClause(describeReason(reason).meaning);
  return {
    message: wait.by === '' ? meaning : `${wait.by}: ${findFailure(image, reason) ?? meaning}`,
    nextAtMs: wait.retryAtMs === undefined ? undefined : toWallMs(wait.retryAtMs, now),
  };
}

/** An image rests as a whole because of what some nodes have met. */
function findFailure(image: DesiredImage, reason: Reason): string | undefined {
  if (reason !== 'Backoff') return undefined;
  for (const [node, pair] of image.pairs)
    if (pair.failures > 0)
      return `no node can pull it; on ${node.name} the last attempt ended with ${pair.reason}: ${pair.message}`;
  return undefined;
}

function sayHeld({ image, node }: PairQuestion): Facts {
  const entry = [image.image, ...image.admitted]
    .map((reference) => node.entry(reference))
    .find((found) => found !== undefined);
  const seen =
    entry?.provenance === 'pullPod'
      ? 'a pull pod on the node has run from it'
      : 'the kubelet lists it in node status';
  const memory = node.isInventoryComplete ? '' : ', as far as its agent has told';
  return { message: `${seen}${memory}`, sinceMs: entry?.observedAtMs };
}

function sayTaint({ image, node }: PairQuestion): Facts {
  for (const { rule } of image.wishes) {
    if (node.record === undefined || rule === undefined) continue;
    const taint = findTaint(node.record, rule);
    if (taint === undefined) continue;
    const { key, value, effect } = taint;
    const text = `${key}${value ? `=${value}` : ''}:${effect}`;
    return { message: `the node has the taint ${text}, which no CachedImage for it tolerates` };
  }
  return {};
}

function sayRecovering({ state, now }: PairQuestion): Facts {
  const { epoch, startedAt } = state.settings;
  if (now.monotonicMs >= state.tenureUntilMs)
    return {
      message: `epoch ${epoch} may be over: the coordination Lease was not renewed in time`,
    };
  const waitMs = timing.offerTtlMs + timing.maxClockSkewMs;
  return {
    message: state.isListed
      ? `epoch ${epoch} has just begun: offers of its predecessor may still become pull pods`
      : `epoch ${epoch} has just begun: the lists of nodes, pull pods and images are not in yet`,
    sinceMs: startedAt.wallMs,
    nextAtMs: toWallMs(startedAt.monotonicMs + waitMs, now),
  };
}

function sayNode({ state, node, now }: PairQuestion, reason: Verdict['reason']): Facts {
  const { session, disconnectedAtMs, notReadySinceMs } = node;
  if (reason === 'NodeNotReady' && notReadySinceMs !== undefined)
    return { sinceMs: toWallMs(notReadySinceMs, now) };
  if (reason === 'AgentMissing')
    return { sinceMs: Math.max(state.settings.startedAt.wallMs, node.record?.createdAtMs ?? 0) };
  if (reason !== 'AgentDisconnected') return {};
  if (session === undefined)
    return { message: "the agent's session has ended", sinceMs: disconnectedAtMs };
  return node.isInventoryComplete
    ? {
        message: "the agent's heartbeats do not come",
        sinceMs: session.heartbeat?.receivedAt.wallMs,
      }
    : { message: 'the agent has not told its whole inventory yet' };
}

const again = 'it is offered again then';

function sayBackoff({ image, node }: PairQuestion): Facts {
  const pair = image.pairs.get(node);
  if (pair === undefined) return {};
  const { reason, message, backingOffSinceMs, nextAttemptAtMs } = pair;
  const words = message === '' ? toClause(describeReason(reason).meaning) : message;
  return {
    message: `the last attempt ended with ${reason || 'no word'}${words === '' ? '' : `: ${words}`}`,
    nextAction:
      pair.failures === 0 ? again : `${again}; ${toClause(describeReason(reason).remedy)}`,
    sinceMs: backingOffSinceMs,
    nextAtMs: nextAttemptAtMs,
  };
}

function toWallMs(monotonicMs: number, now: { wallMs: number; monotonicMs: number }): number {
  return now.wallMs + (monotonicMs - now.monotonicMs);
}

/** `The node is cordoned.` as part of a longer sentence. */
function toClause(sentence: string): string {
  const [first = ''] = sentence;
  const isWord = /^[A-Z][a-z]*\b/.test(sentence);
  return `${isWord ? first.toLowerCase() : first}${sentence.slice(1)}`.replace(/\.$/, '');
}
