// Counts what the coordinator asks of the API server, so that its frugality can be seen.

import { type KubeClient, KubeError } from '../../shared/kube-client.ts';
import type { CoordinatorMetrics } from '../metrics.ts';

/** The client with every request and watch counted by method and status; 0 means that there was no answer. */
export function countRequests(
  client: KubeClient,
  { kubeRequests }: Pick<CoordinatorMetrics, 'kubeRequests'>,
): KubeClient {
  const count = (verb: string, error?: unknown): void => {
    const status = error instanceof KubeError ? error.status : 0;
    kubeRequests.inc({ verb, code: error === undefined ? '200' : String(status) });
  };
  return {
    request: async (request) => {
      const verb = request.method.toLowerCase();
      try {
        const answer = await client.request<never>(request);
        count(verb);
        return answer;
      } catch (error) {
        count(verb, error);
        throw error;
      }
    },
    watch: async function* (path, query, signal) {
      let failure: unknown;
      try {
        yield* client.watch<never>(path, query, signal);
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        count('watch', failure);
      }
    },
  };
}
