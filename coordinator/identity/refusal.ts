// Why a caller is not believed, or not allowed what he asks: a closed list, because it is counted, logged and read by
// agents. The sentence goes to the caller and so holds nothing that he did not know himself.

import { type StatusCode, StatusError } from '../../shared/rpc.ts';

const codes = {
  /** No `authorization` in the metadata, or more than one. */
  NoToken: 'UNAUTHENTICATED',
  MalformedToken: 'UNAUTHENTICATED',
  WrongAudience: 'UNAUTHENTICATED',
  /** Agents dial again at once, with their newest token. */
  TokenExpired: 'UNAUTHENTICATED',
  /** The API server does not know it: forged, or what it was bound to is gone. */
  TokenInvalid: 'UNAUTHENTICATED',
  WrongAccount: 'PERMISSION_DENIED',
  NoNodeClaim: 'PERMISSION_DENIED',
  /** The token is another node's than the Hello's. */
  WrongNode: 'PERMISSION_DENIED',
  /** A rotated token is not the session's agent's. */
  WrongIdentity: 'PERMISSION_DENIED',
  NotPermitted: 'PERMISSION_DENIED',
  /** The API server could not be asked: nobody is let in unasked. */
  ReviewUnavailable: 'UNAVAILABLE',
  TooManyReviews: 'RESOURCE_EXHAUSTED',
} as const satisfies Record<string, StatusCode>;

export type RefusalReason = keyof typeof codes;

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** One sentence, for the caller. */
  readonly why: string;
}

export function refuse(reason: RefusalReason, why: string): Refusal {
  return { kind: 'refused', reason, why };
}

/** As the caller receives it: the reason's word first, for programs. */
export function toStatus({ reason, why }: Refusal): StatusError {
  return new StatusError(codes[reason], `${reason}: ${why}`);
}
