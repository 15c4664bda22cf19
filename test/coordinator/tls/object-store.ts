// An API server that keeps Secrets and ConfigMaps, as far as certificates need it: optimistic locking, what is not there,
// what is forbidden. Years of passes go through it in seconds, which they would not over HTTP.

import {
  type KubeClient,
  KubeError,
  type KubeRequest,
  type WatchEvent,
} from '../../../shared/kube-client.ts';
import type { KubeObject } from '../../../shared/kube-types.ts';

export interface StoredObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export const secretPath = '/api/v1/namespaces/forehold/secrets/forehold-tls';
export const configMapPath = '/api/v1/namespaces/forehold-pulls/configmaps/forehold-ca';

export class ObjectStore implements KubeClient {
  readonly objects = new Map<string, StoredObject>();
  readonly requests: KubeRequest[] = [];
  /** Status to refuse a request with; undefined lets it through. */
  refuse: (request: KubeRequest) => number | undefined = () => undefined;
  #version = 1;

  /** As the chart makes them: empty. */
  static open(): ObjectStore {
    const store = new ObjectStore();
    store.set(secretPath, { metadata: { name: 'forehold-tls', namespace: 'forehold' } });
    store.set(configMapPath, { metadata: { name: 'forehold-ca', namespace: 'forehold-pulls' } });
    return store;
  }

  set(path: string, object: StoredObject): StoredObject {
    const metadata = { ...object.metadata, resourceVersion: String(this.#version++) };
    const stored = { ...object, metadata };
    this.objects.set(path, stored);
    return stored;
  }

  /** Text of a key of the Secret. */
  secretText(key: string): string {
    return Buffer.from(this.objects.get(secretPath)?.data?.[key] ?? '', 'base64').toString('utf8');
  }

  /** Changes keys of the Secret, as somebody with an editor would; undefined removes one. */
  editSecret(texts: Readonly<Record<string, string | undefined>>): void {
    const before = this.objects.get(secretPath);
    const data = { ...before?.data };
    for (const [key, text] of Object.entries(texts))
      if (text === undefined) delete data[key];
      else data[key] = Buffer.from(text).toString('base64');
    this.set(secretPath, { metadata: { name: 'forehold-tls' }, ...before, data });
  }

  /** What agents can mount. */
  get bundle(): string {
    return this.objects.get(configMapPath)?.data?.['ca.crt'] ?? '';
  }

  async request<T>(request: KubeRequest): Promise<T> {
    this.requests.push(request);
    request.signal?.throwIfAborted();
    const status = this.refuse(request);
    if (status !== undefined) throw refusal(request, status);
    // Through JSON, as everything that comes from an API server.
    const parsed: T = JSON.parse(JSON.stringify(this.#answer(request)));
    return parsed;
  }

  async *watch<T>(): AsyncGenerator<WatchEvent<T>> {}

  #answer(request: KubeRequest): StoredObject {
    const { method, path } = request;
    const stored = this.objects.get(path);
    if (method === 'POST') {
      const body = read(request.body);
      return this.set(`${path}/${body.metadata.name}`, body);
    }
    if (stored === undefined) throw refusal(request, 404);
    if (method === 'GET') return stored;
    const body = read(request.body);
    if (body.metadata.resourceVersion !== stored.metadata.resourceVersion)
      throw refusal(request, 409);
    return this.set(path, body);
  }
}

function read(body: unknown): StoredObject {
  const object: StoredObject = JSON.parse(JSON.stringify(body));
  return object;
}

function refusal({ method, path }: KubeRequest, status: number): KubeError {
  return new KubeError(`${method} ${path}: refused with ${status}`, status);
}
