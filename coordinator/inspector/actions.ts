// RevokeLease, Pause and Resume: what people may ask of the coordinator. Who they are was proved before; here their words
// are bounded, because they end up in annotations, logs and other people's terminals.

import type { Instant } from '../../shared/clock.ts';
import type { PauseRequest } from '../../shared/gen/forehold/v1/PauseRequest.ts';
import type { PauseResponseInput } from '../../shared/gen/forehold/v1/PauseResponse.ts';
import type { ResumeRequest } from '../../shared/gen/forehold/v1/ResumeRequest.ts';
import type { ResumeResponseInput } from '../../shared/gen/forehold/v1/ResumeResponse.ts';
import type { RevokeLeaseRequest } from '../../shared/gen/forehold/v1/RevokeLeaseRequest.ts';
import type { RevokeLeaseResponseInput } from '../../shared/gen/forehold/v1/RevokeLeaseResponse.ts';
import { StatusError } from '../../shared/rpc.ts';
import type { Pause } from '../core/pauses.ts';
import { policyLimitName } from '../core/policy-limits.ts';
import type { LeaseView } from '../core/views.ts';
import { maxByLength, maxNameLength, maxWhyLength } from '../pauses/pause-text.ts';
import { fromPauseScope, toPause } from './explain-wire.ts';
import { isLive, normaliseImage } from './lease-filter.ts';
import { toLease } from './wire.ts';

/** Who asks, and when. */
export interface Caller {
  /** The user that the token proved; empty without authentication. */
  readonly user: string;
  readonly now: Instant;
}

/** What the handlers need of the coordinator that leads. */
export interface Actions {
  lease(id: string): LeaseView | undefined;
  leases(): Iterable<LeaseView>;
  /** Takes effect before it returns. */
  revoke(leaseId: string, message: string): void;
  readonly pauses: {
    list(): readonly Pause[];
    add(pause: Pause): Promise<void>;
    remove(name: Pick<Pause, 'scope' | 'name'>): Promise<void>;
  };
}

const revokeNote =
  'the pull pod is being deleted and its slot counts until it is gone; a pull that the kubelet has begun cannot be stopped, so the image may still arrive; unless it is paused, the pair is offered again after a backoff';

export function revokeLease(
  request: RevokeLeaseRequest,
  actions: Actions,
  { user, now }: Caller,
): RevokeLeaseResponseInput {
  const why = readWords(request.why, 'why', maxWhyLength);
  const by = readWords(request.by, 'by', maxByLength);
  const lease = actions.lease(request.leaseId);
  if (lease === undefined) throw new StatusError('NOT_FOUND', 'there is no such lease');
  if (!isLive(lease))
    throw new StatusError(
      'FAILED_PRECONDITION',
      `lease ${lease.id} is ${lease.phase}: there is nothing to revoke`,
    );
  actions.revoke(lease.id, describe({ by: by || user, why }));
  const revoked = actions.lease(lease.id) ?? lease;
  return { lease: toLease(revoked, now.wallMs), note: revokeNote };
}

export async function pause(
  request: PauseRequest,
  actions: Actions,
  { user, now }: Caller,
): Promise<PauseResponseInput> {
  const kept: Pause = {
    ...readTarget(request),
    why: readWords(request.why, 'why', maxWhyLength),
    by: readWords(request.by, 'by', maxByLength),
    authenticatedAs: user,
    sinceMs: now.wallMs,
  };
  await actions.pauses.add(kept);
  const pullsUnderWay = [...actions.leases()].filter(
    (lease) => isLive(lease) && isAbout(kept, lease),
  ).length;
  return { pause: toPause(kept), pullsUnderWay };
}

/** True when the pause would have held the lease back. */
function isAbout({ scope, name }: Pause, { image, limits }: LeaseView): boolean {
  if (scope === 'all') return true;
  return scope === 'image' ? image === name : limits.includes(policyLimitName(name, 'image'));
}

export async function resume(
  request: ResumeRequest,
  actions: Actions,
): Promise<ResumeResponseInput> {
  await actions.pauses.remove(readTarget(request));
  return { pauses: actions.pauses.list().map(toPause) };
}

function readTarget({ scope: wire, name }: Pick<PauseRequest, 'scope' | 'name'>) {
  const scope = fromPauseScope(wire);
  if (scope === undefined)
    throw new StatusError('INVALID_ARGUMENT', 'scope is none of ALL, POLICY, IMAGE');
  if (scope === 'all' && name !== '')
    throw new StatusError('INVALID_ARGUMENT', 'name must be empty when everything is meant');
  if (scope !== 'all' && name === '')
    throw new StatusError('INVALID_ARGUMENT', `name of the ${scope} is missing`);
  const words = readWords(name, 'name', maxNameLength);
  return { scope, name: scope === 'image' ? normaliseImage(words) : words };
}

function readWords(text: string, field: string, maxLength: number): string {
  if (text.length > maxLength)
    throw new StatusError('INVALID_ARGUMENT', `${field} has more than ${maxLength} characters`);
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text))
    throw new StatusError('INVALID_ARGUMENT', `${field} has control characters`);
  return text.trim();
}

function describe({ by, why }: { readonly by: string; readonly why: string }): string {
  return `taken back${by === '' ? '' : ` by ${by}`}${why === '' ? '' : `: ${why}`}`;
}
