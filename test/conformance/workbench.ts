// What the cases have in hand: pods in the shape of pull pods, observers that remember every state of a pod, waiting
// with a deadline in the cluster's time, and the tidying up after each case.

import { randomBytes } from 'node:crypto';
import { vi } from 'vitest';
import { KubeError, type KubeRequest } from '../../shared/kube-client.ts';
import type { KubeObject, List, Pod } from '../../shared/kube-types.ts';
import { annotations, labels, managedBy } from '../../shared/names.ts';
import { formatTimestamp } from '../../shared/timestamp.ts';
import type { ConformanceCluster } from './cluster.ts';
import { PodObserver } from './pod-observer.ts';

export interface PodOptions {
  readonly image: string;
  /** First of the cluster's nodes unless given. */
  readonly node?: string;
  readonly name?: string;
  readonly policy?: 'IfNotPresent' | 'Always' | 'Never';
  readonly command?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/** A node that does not exist: pods bound to it stay as they were created. */
export const nowhere = 'conformance-nowhere';

const caseLabel = 'forehold.dev/conformance';
const notAfterMs = 60_000;
// Also on an embedded cluster that runs faster than real time a request takes real milliseconds.
const minDeadlineMs = 10_000;

export class Workbench {
  readonly cluster: ConformanceCluster;
  /** Tells the objects of this run from those of another. */
  readonly run = randomBytes(4).toString('hex');
  readonly #observers = new Set<PodObserver>();
  /** What `clean` deletes besides pods. */
  readonly #paths = new Set<string>();
  #names = 0;
  #presentImage: string | undefined;

  constructor(cluster: ConformanceCluster) {
    this.cluster = cluster;
  }

  /** Where the pods of the pull namespace are. */
  get podsPath(): string {
    return `/api/v1/namespaces/${this.cluster.pullNamespace}/pods`;
  }

  /** Selects the pods of this run. */
  get selector(): string {
    return `${caseLabel}=${this.run}`;
  }

  /** The n-th of the cluster's nodes, from 0. */
  node(index: number): string {
    const name = this.cluster.nodes[index];
    if (name === undefined) throw new Error(`cannot use node ${index}: the cluster has too few`);
    return name;
  }

  name(): string {
    this.#names += 1;
    return `conformance-${this.run}-${this.#names}`;
  }

  request<T = KubeObject>(request: KubeRequest): Promise<T> {
    return this.cluster.client.request<T>(request);
  }

  /** The error that the API server answers with. */
  async refusal(request: KubeRequest): Promise<KubeError> {
    try {
      await this.request(request);
    } catch (error) {
      if (error instanceof KubeError) return error;
      throw error;
    }
    throw new Error(`expected a refusal of ${request.method} ${request.path}: it was accepted`);
  }

  /** A pod as Forehold's agents make them, with the least that `restricted` asks for. */
  buildPod(options: PodOptions): Pod & { readonly metadata: { readonly name: string } } {
    const { nodeSelector, policy, command } = options;
    const spec: Pod['spec'] & { readonly nodeSelector?: Readonly<Record<string, string>> } = {
      nodeName: options.node ?? this.node(0),
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(nodeSelector === undefined ? {} : { nodeSelector }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'pull',
          image: options.image,
          imagePullPolicy: policy ?? 'IfNotPresent',
          command: command ?? ['true'],
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: options.name ?? this.name(),
        namespace: this.cluster.pullNamespace,
        labels: { [labels.managedBy]: managedBy, [caseLabel]: this.run, ...options.labels },
        annotations: {
          [annotations.notAfter]: formatTimestamp(this.cluster.nowMs() + notAfterMs),
          ...options.annotations,
        },
      },
      spec,
    };
  }

  createPod(pod: Pod): Promise<Pod> {
    return this.request<Pod>({ method: 'POST', path: this.podsPath, body: pod });
  }

  /** Creates a pod and remembers every state of it from the first one on. */
  async startPod(options: PodOptions): Promise<PodObserver> {
    const pod = this.buildPod(options);
    const observer = this.observe(pod.metadata.name);
    await this.createPod(pod);
    return observer;
  }

  observe(name: string): PodObserver {
    const observer = new PodObserver({
      client: this.cluster.client,
      path: this.podsPath,
      name,
      deadlineMs: (ms) => this.deadlineMs(ms),
    });
    this.#observers.add(observer);
    return observer;
  }

  deletePod(name: string, graceSeconds: number): Promise<Pod> {
    const path = `${this.podsPath}/${name}`;
    return this.request<Pod>({
      method: 'DELETE',
      path,
      body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: graceSeconds },
    });
  }

  /** Real milliseconds that a wait of `clusterMs` of the cluster's time may take. */
  deadlineMs(clusterMs: number): number {
    return Math.max(minDeadlineMs, clusterMs * this.cluster.deadlineScale);
  }

  /**
   * An image that the first two nodes have; what happens to it says nothing of pulls.
   */
  async presentImage(): Promise<string> {
    if (this.#presentImage !== undefined) return this.#presentImage;
    const image = await this.cluster.image('plain');
    const pods = [0, 1].map((index) => this.startPod({ image, node: this.node(index) }));
    for (const observer of await Promise.all(pods)) await observer.untilPhase('Succeeded');
    this.#presentImage = image;
    return image;
  }

  /** Lets a node prove that it is alive: a whole life of a pod passes there, several seconds of the cluster's time. */
  async liveOnePod(node: string): Promise<void> {
    const image = await this.presentImage();
    const observer = await this.startPod({ image, node });
    await observer.untilPhase('Succeeded');
    await this.deletePod(observer.name, 1);
    await observer.untilGone();
  }

  /** The path is deleted after the case, if it is still there. */
  discard(path: string): void {
    this.#paths.add(path);
  }

  /** Ends everything that the case left. */
  async clean(): Promise<void> {
    await this.cluster.setSlowPulls?.(false);
    for (const observer of this.#observers) observer.close();
    this.#observers.clear();
    for (const path of this.#paths) await this.#deleteIfThere(path);
    this.#paths.clear();
    for (const pod of await this.#listPods()) {
      const grace = pod.spec.nodeName === nowhere ? 0 : 1;
      await this.#deleteIfThere(`${this.podsPath}/${pod.metadata.name}`, grace);
    }
    await this.eventually(60_000, async () => {
      const left = (await this.#listPods()).map((pod) => pod.metadata.name);
      if (left.length > 0) throw new Error(`pods are still there: ${left.join(', ')}`);
    });
  }

  /** Repeats a look until it does not throw; its last error when `clusterMs` of the cluster's time have passed. */
  eventually<T>(clusterMs: number, look: () => Promise<T>): Promise<T> {
    return vi.waitFor(look, { timeout: this.deadlineMs(clusterMs), interval: 50 });
  }

  async close(): Promise<void> {
    await this.clean();
    await this.cluster.close();
  }

  async #listPods(): Promise<readonly Pod[]> {
    const query = { labelSelector: this.selector };
    return (await this.request<List<Pod>>({ method: 'GET', path: this.podsPath, query })).items;
  }

  async #deleteIfThere(path: string, gracePeriodSeconds?: number): Promise<void> {
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    };
    try {
      await this.request({ method: 'DELETE', path, body });
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 404)) throw error;
    }
  }
}
