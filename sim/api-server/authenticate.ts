// Who asks, and whether he may. A bearer token is held to what it says: a bad one is refused, a good one makes its
// service account the asker, whom RBAC holds to its rules. Whoever shows none may do everything, as behind `kubectl
// proxy`: listeners are loopback only, and a newcomer's kubectl has no credential to show.

import { ApiError } from '../store/api-error.ts';
import type { Store } from '../store.ts';
import { type AccountTokens, apiAudience, type Identity } from './account-token.ts';
import type { ApiRequest } from './message.ts';
import { type Attempt, findPermission } from './rbac.ts';

const loopback: Identity = { username: 'forehold:loopback', groups: ['system:masters'] };

/** @throws ApiError Unauthorized */
export function authenticate(tokens: AccountTokens, request: ApiRequest): Identity {
  const [, token] = /^Bearer +(.*)$/.exec(request.headers['authorization'] ?? '') ?? [];
  if (token === undefined) return loopback;
  const verdict = tokens.verify(token, [apiAudience]);
  if (verdict.kind === 'authenticated') return verdict.identity;
  throw new ApiError(401, 'Unauthorized', 'Unauthorized');
}

/** @throws ApiError Forbidden */
export function authorize(store: Store, identity: Identity, attempt: Attempt): void {
  if (findPermission(store, identity, attempt) !== undefined) return;
  const { verb, group, resource, subresource, namespace, name } = attempt;
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  const subject = `${group === '' ? whole : `${whole}.${group}`}${name === '' ? '' : ` "${name}"`}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${subject} is forbidden: User "${identity.username}" cannot ${verb} resource "${whole}" in API group "${group}" ${where}`;
  throw new ApiError(403, 'Forbidden', message, {
    details: { name, ...(group === '' ? {} : { group }), kind: resource },
  });
}
