// The cluster under the bench: thousands of nodes that have 150 names of images each, and 100 images wanted that none of
// them has, so that pulls never run out.

import type { Clock } from '../../shared/clock.ts';
import { apiGroup, apiVersion } from '../../shared/names.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';

const registry = 'registry.example';
/** As many as node status shows; two tags and a digest each make 150 names. */
const imagesThere = 50;
const imagesWanted = 100;
/** A 5,000-node cluster has 250 slots: 12 pulls a second. */
const pullTimeMs = 20_000;

export class Ground {
  readonly images = imagesWanted;
  readonly #cluster: EmbeddedCluster;

  constructor(clock: Clock, nodes: number) {
    const speed = { kind: 'fixed', pullTimeMs } as const;
    this.#cluster = new EmbeddedCluster({ clock, seed: 1, nodes, speed });
  }

  get nodeNames(): readonly string[] {
    return this.#cluster.nodeNames();
  }

  get pullNamespace(): string {
    return this.#cluster.pullNamespace;
  }

  get systemNamespace(): string {
    return this.#cluster.systemNamespace;
  }

  /** Returns the API server's URL. */
  async start(): Promise<string> {
    const { url } = await this.#cluster.start();
    this.#cluster.store.create('configmaps', {
      metadata: { namespace: this.pullNamespace, name: 'forehold-ca' },
    });
    const there = this.#push();
    for (const nodeName of this.nodeNames)
      for (const name of there) this.#cluster.node(nodeName).addImage(name);
    for (let index = 1; index <= imagesWanted; index += 1)
      this.#cluster.store.create('cachedimages', {
        apiVersion: `${apiGroup}/${apiVersion}`,
        kind: 'CachedImage',
        metadata: { name: `wanted-${index}` },
        spec: { image: `${registry}/wanted-${index}`, tag: '1' },
      });
    return url;
  }

  /** The last node's status tells its images, which takes a kubelet up to 40 s. */
  isReported(): boolean {
    const [name = ''] = this.nodeNames.slice(-1);
    const node = this.#cluster.store.find('nodes', { name });
    return node?.status?.images?.length === imagesThere;
  }

  stop(): Promise<void> {
    return this.#cluster.stop();
  }

  /** Pushes the images that every node has, and returns their names. */
  #push(): readonly string[] {
    const { registry: images } = this.#cluster;
    return Array.from({ length: imagesThere }, (_, index) => {
      const tagged = (tag: string): string => `${registry}/there-${index + 1}:${tag}`;
      const image = images.push(tagged('1'), { sizeBytes: 1e8 });
      images.push(tagged('stable'), image);
      return [tagged('1'), tagged('stable')];
    }).flat();
  }
}
