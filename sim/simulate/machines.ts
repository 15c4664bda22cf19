// What may be done to the machines of a simulated run beyond what the embedded cluster offers by itself.

import type { Node, Pod, Taint } from '../../shared/kube-types.ts';
import type { EmbeddedCluster } from '../embedded-cluster.ts';
import type { StoredImage } from '../kubelet/image-store.ts';
import { hasEnded } from '../pod-phase.ts';

const pressureTaint: Taint = { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' };
const editTaint: Taint = { key: 'team.example/reserved', value: 'yes', effect: 'NoSchedule' };
const fillerImage = 'registry-x.example/other/filler:v1';
const maxPods = 4;

export class Machines {
  readonly #cluster: EmbeddedCluster;
  readonly #bytesPerSecond: number;
  readonly #removalListeners = new Set<(node: string, image: StoredImage) => void>();
  #fillers = 0;

  constructor(cluster: EmbeddedCluster, bytesPerSecond: number) {
    this.#cluster = cluster;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Pulls on this node take `factor` times as long from now on. */
  slow(name: string, factor: number): void {
    if (!this.#cluster.nodeNames().includes(name)) return;
    const bytesPerSecond = this.#bytesPerSecond / factor;
    this.#cluster.node(name).setSpeed({ kind: 'bandwidth', bytesPerSecond });
  }

  setLabel(name: string, key: string, value: string): void {
    this.#modify(name, (node) => ({
      ...node,
      metadata: { ...node.metadata, labels: { ...node.metadata.labels, [key]: value } },
    }));
  }

  setTaint(name: string, set: boolean): void {
    this.#modify(name, (node) => withTaint(node, editTaint, set));
  }

  /** Condition and taint as kubelet and controllers set them; images that no live container uses are gone at once. */
  setDiskPressure(name: string, set: boolean): void {
    const { store } = this.#cluster;
    this.#modify(name, (node) => withTaint(node, pressureTaint, set));
    if (store.find('nodes', { name }) !== undefined)
      store.modify(
        'nodes',
        { name },
        (node) => ({
          ...node,
          status: {
            ...node.status,
            conditions: [
              ...(node.status?.conditions ?? []).filter(({ type }) => type !== 'DiskPressure'),
              { type: 'DiskPressure', status: set ? 'True' : 'False', reason: 'Simulated' },
            ],
          },
        }),
        { subresource: 'status' },
      );
    if (!set) return;
    for (const image of this.images(name))
      if (!this.#isUsed(name, image, (pod) => !hasEnded(pod))) this.#removeImage(name, image);
  }

  images(name: string): readonly StoredImage[] {
    return this.#cluster.nodeNames().includes(name) ? this.#cluster.node(name).images() : [];
  }

  /** Images that garbage collection may take: kubelets keep what a container used whose pod is still there. */
  collectable(name: string): readonly StoredImage[] {
    return this.images(name).filter((image) => !this.#isUsed(name, image, () => true));
  }

  collect(name: string, image: StoredImage): void {
    this.#removeImage(name, image);
  }

  /** Calls the listener before an image goes. */
  onRemoval(listener: (node: string, image: StoredImage) => void): void {
    this.#removalListeners.add(listener);
  }

  /** Takes every pod slot of the node for other people's pods; returns the end of it. */
  fill(name: string): () => void {
    const { store } = this.#cluster;
    const namespace = 'default';
    // Other people's images are there already: this is about places, not about pulls.
    this.#cluster.node(name).addImage(fillerImage);
    const names: string[] = [];
    for (let count = 0; count < maxPods; count += 1) {
      this.#fillers += 1;
      const pod = `filler-${this.#fillers}`;
      names.push(pod);
      store.create('pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace, name: pod },
        spec: {
          nodeName: name,
          containers: [
            {
              name: 'filler',
              image: fillerImage,
              command: ['sleep', '100000'],
              imagePullPolicy: 'IfNotPresent',
            },
          ],
        },
      });
    }
    return () => {
      for (const pod of names)
        if (store.find('pods', { namespace, name: pod }) !== undefined)
          store.remove('pods', { namespace, name: pod }, { graceSeconds: 0 });
    };
  }

  #isUsed(name: string, { tagNames }: StoredImage, counts: (pod: Pod) => boolean): boolean {
    const pods = this.#cluster.store.list('pods', { nodeName: name }).filter(counts);
    return pods.some(({ spec }) =>
      spec.containers.some(({ image }) => tagNames.includes(image ?? '')),
    );
  }

  #removeImage(name: string, image: StoredImage): void {
    const [reference = image.digestNames[0]] = image.tagNames;
    if (reference === undefined) return;
    for (const listener of this.#removalListeners) listener(name, image);
    this.#cluster.node(name).removeImage(reference);
  }

  #modify(name: string, change: (node: Node) => Node): void {
    const { store } = this.#cluster;
    if (store.find('nodes', { name }) === undefined) return;
    store.modify('nodes', { name }, (node) => ({ ...node, ...change(node) }));
  }
}

function withTaint(node: Node, taint: Taint, set: boolean): Node {
  const { taints = [], ...spec } = node.spec ?? {};
  const others = taints.filter(({ key }) => key !== taint.key);
  return { ...node, spec: { ...spec, taints: set ? [...others, taint] : others } };
}
