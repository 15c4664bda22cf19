// Both gates of one coordinator, with the bounds on what they ask of the API server.

import type { Clock } from '../../shared/clock.ts';
import type { KubeClient } from '../../shared/kube-client.ts';
import type { Log } from '../../shared/log.ts';
import { audiences } from '../../shared/names.ts';
import type { CoordinatorMetrics } from '../metrics.ts';
import { AccessReviewer } from './access-reviewer.ts';
import { AgentGate } from './agent-gate.ts';
import { CallerGate, callerAdvice } from './caller-gate.ts';
import { Refusals } from './refusals.ts';
import { ReviewQueue } from './review-queue.ts';
import { TokenReviewer } from './token-reviewer.ts';

export interface IdentityOptions {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<CoordinatorMetrics, 'callsRefused'>;
  /** Where agents live. */
  readonly pullNamespace: string;
  readonly agentServiceAccount: string;
}

export interface Identity {
  readonly agents: AgentGate;
  readonly callers: CallerGate;
}

// A TokenReview takes an API server one to three milliseconds: sixteen at a time bring back 5,000 agents in seconds and
// leave it, and half of this process's 32 connections to it, to others.
const agentReviews = { maxInFlight: 16, maxWaiting: 10_000 };
// People do not wait behind agents.
const callerReviews = { maxInFlight: 4, maxWaiting: 200 };
// An agent waits 30 s for Welcome; a review that comes later is of no use.
const maxWaitMs = 20_000;

export function openIdentity(options: IdentityOptions): Identity {
  const { clock, pullNamespace, agentServiceAccount } = options;
  const refusals = new Refusals(options);
  const agentQueue = new ReviewQueue({ clock, ...agentReviews, maxWaitMs });
  const callerQueue = new ReviewQueue({ clock, ...callerReviews, maxWaitMs });
  const forAgents = { ...options, queue: agentQueue, audience: audiences.session, advice: '' };
  const forCallers = { ...options, queue: callerQueue };
  return {
    agents: new AgentGate({
      reviewer: new TokenReviewer(forAgents),
      username: `system:serviceaccount:${pullNamespace}:${agentServiceAccount}`,
      refusals,
    }),
    callers: new CallerGate({
      reviewer: new TokenReviewer({
        ...forCallers,
        audience: audiences.inspector,
        advice: callerAdvice,
      }),
      accessReviewer: new AccessReviewer(forCallers),
      refusals,
      clock,
    }),
  };
}
