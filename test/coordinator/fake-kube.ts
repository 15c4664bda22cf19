// An API server of one function, for tests of what is asked of it and when. What a real one does is the embedded
// cluster's to show.

import {
  type KubeClient,
  KubeError,
  type KubeRequest,
  type WatchEvent,
} from '../../shared/kube-client.ts';

export class FakeKube implements KubeClient {
  readonly requests: KubeRequest[] = [];
  /** What it answers; throws to refuse. */
  answer: (request: KubeRequest) => unknown = () => ({});

  async request<T>(request: KubeRequest): Promise<T> {
    this.requests.push(request);
    request.signal?.throwIfAborted();
    // Through JSON, as everything that comes from an API server.
    const text = JSON.stringify(await this.answer(request));
    const parsed: T = JSON.parse(text);
    return parsed;
  }

  async *watch<T>(): AsyncGenerator<WatchEvent<T>> {}
}

export function refusal(status: number): KubeError {
  return new KubeError(`refused with ${status}`, status);
}
