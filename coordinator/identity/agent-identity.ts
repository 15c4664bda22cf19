// Which node an agent speaks for: the one that the API server wrote into its token, and no other. A token of the right
// account without that claim speaks for nobody.

import type { Hello } from '../../shared/protocol.ts';
import type { Claims } from './bearer.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { ReviewedToken } from './token-reviewer.ts';

export interface AgentIdentity {
  readonly kind: 'agent';
  readonly nodeName: string;
  readonly nodeUid: string;
  /** Undefined for a token that is bound to the node itself. */
  readonly podUid: string | undefined;
  readonly expiresAtMs: number;
}

const prefix = 'authentication.kubernetes.io';

/**
 * @param username that agents must have
 */
export function identifyAgent(
  { user, expiresAtMs }: ReviewedToken,
  username: string,
): AgentIdentity | Refusal {
  if (user.username !== username) return wrongAccount(username);
  const nodeName = onlyText(user.extra[`${prefix}/node-name`]);
  const nodeUid = onlyText(user.extra[`${prefix}/node-uid`]);
  if (nodeName === undefined || nodeUid === undefined)
    return refuse(
      'NoNodeClaim',
      'the token names no node with its uid; agents need a projected token of their own pod (Kubernetes 1.33 or newer)',
    );
  const podUid = onlyText(user.extra[`${prefix}/pod-uid`]);
  return { kind: 'agent', nodeName, nodeUid, podUid, expiresAtMs };
}

/** From what the token says of itself, before anybody is asked. */
export function findClaimProblem(
  claims: Claims,
  username: string,
  hello: Hello,
): Refusal | undefined {
  if (claims.subject !== username) return wrongAccount(username);
  const { nodeName = hello.nodeName, nodeUid = hello.nodeUid } = claims;
  return findNodeProblem({ nodeName, nodeUid }, hello);
}

/** Undefined when the agent says Hello for its own node. */
export function findNodeProblem(
  token: Pick<AgentIdentity, 'nodeName' | 'nodeUid'>,
  hello: Hello,
): Refusal | undefined {
  if (token.nodeName !== hello.nodeName)
    return refuse('WrongNode', 'the Hello names another node than the token');
  if (token.nodeUid !== hello.nodeUid)
    return refuse('WrongNode', 'the Hello names another uid of the node than the token');
  return undefined;
}

/** Undefined when the newer token is the same agent's, in the same pod on the same node. */
export function findRotationProblem(old: AgentIdentity, next: AgentIdentity): Refusal | undefined {
  const same =
    old.nodeName === next.nodeName && old.nodeUid === next.nodeUid && old.podUid === next.podUid;
  return same ? undefined : refuse('WrongIdentity', 'the rotated token is of another agent');
}

function wrongAccount(username: string): Refusal {
  return refuse('WrongAccount', `the token is not of ${username}`);
}

function onlyText(texts: readonly string[] = []): string | undefined {
  const [text, ...others] = texts;
  return others.length > 0 || text === '' ? undefined : text;
}
