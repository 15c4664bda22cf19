// What each method of the inspector does, in the words of RBAC: the caller's account must be allowed the verb on the
// resource of group forehold.dev. A method without a row may be called by nobody.

import type { Access } from '../identity/access-reviewer.ts';

export const methodAccess: ReadonlyMap<string, Access> = new Map([
  ['ListLeases', { verb: 'list', resource: 'leases' }],
  ['WatchLeases', { verb: 'watch', resource: 'leases' }],
  ['GetLease', { verb: 'get', resource: 'leases' }],
  ['RevokeLease', { verb: 'delete', resource: 'leases' }],
  ['ListNodes', { verb: 'list', resource: 'nodes' }],
  ['GetNode', { verb: 'get', resource: 'nodes' }],
  ['ListImages', { verb: 'list', resource: 'images' }],
  ['Explain', { verb: 'get', resource: 'images' }],
  ['ListLimits', { verb: 'list', resource: 'limits' }],
  ['Pause', { verb: 'create', resource: 'pause' }],
  ['Resume', { verb: 'delete', resource: 'pause' }],
]);
