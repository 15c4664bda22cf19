// Who asks. The one place where a bearer token becomes an identity: listeners are loopback only, so everybody is
// believed; TokenReview and SubjectAccessReview will read the same identities.

import type { ApiRequest } from './message.ts';

export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

/** Nobody is refused: with a token it is taken as a client's, without one as anonymous. */
export function authenticate(request: ApiRequest): Identity {
  const authorization = request.headers['authorization'] ?? '';
  return authorization.startsWith('Bearer ')
    ? { username: 'forehold:client', groups: ['system:authenticated'] }
    : { username: 'system:anonymous', groups: ['system:unauthenticated'] };
}
