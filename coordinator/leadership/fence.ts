// Writes of a reign end with its tenure: whoever repeats them gets them through when the tenure goes on, and never when
// another one leads.

import { type KubeClient, KubeError } from '../../shared/kube-client.ts';
import type { Tenure } from './tenure.ts';

/** The client, which refuses to write while the tenure does not hold. */
export function fenceWrites(client: KubeClient, tenure: Pick<Tenure, 'holds'>): KubeClient {
  return {
    request: async (request) => {
      if (request.method !== 'GET' && !tenure.holds)
        throw new KubeError(`${request.method} ${request.path}: this coordinator does not lead`, 0);
      return client.request<never>(request);
    },
    watch: (path, query, signal) => client.watch<never>(path, query, signal),
  };
}
