// Where the coordinators of a simulated run listen.

import { ports } from '../../shared/names.ts';

/** What agents are configured with; it resolves to every coordinator. */
export const sessionsService = `forehold-sessions.forehold-system.svc:${ports.grpc}`;

/** What that name resolves to. */
export const coordinatorHosts: readonly string[] = ['10.88.0.1', '10.88.0.2'];

export const coordinatorAddresses: readonly string[] = coordinatorHosts.map(
  (host) => `${host}:${ports.grpc}`,
);
