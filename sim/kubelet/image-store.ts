// The images on one node, as containerd keeps them: one image per digest, however many names it has. What the kubelet
// says of them in `node.status.images` is less than what is there: 50 images, the largest, with 5 names each.

import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '../../shared/image-ref.ts';
import type { ContainerImage } from '../../shared/kube-types.ts';
import type { RegistryImage } from '../registry/registry.ts';

export interface StoredImage {
  readonly image: RegistryImage;
  /** `REGISTRY/REPOSITORY@DIGEST`, in the order of arrival. */
  readonly digestNames: readonly string[];
  /** `REGISTRY/REPOSITORY:TAG`. */
  readonly tagNames: readonly string[];
  /** Monotonic; when it arrived. */
  readonly firstSeenMs: number;
  /** Monotonic; undefined while no container of the kubelet used it. */
  readonly lastUsedMs: number | undefined;
}

// kubelet: nodeStatusMaxImages, MaxNamesPerImageInNodeStatus (kubernetes-facts D1).
const maxStatusImages = 50;
const maxStatusNames = 5;

export class ImageStore {
  readonly #byDigest = new Map<string, StoredImage>();
  readonly #digestByName = new Map<string, string>();
  #usedBytes = 0;

  get usedBytes(): number {
    return this.#usedBytes;
  }

  find(reference: ImageReference): StoredImage | undefined {
    const digest = this.#digestByName.get(formatImageReference(reference));
    return digest === undefined ? undefined : this.#byDigest.get(digest);
  }

  has(digest: string): boolean {
    return this.#byDigest.has(digest);
  }

  list(): readonly StoredImage[] {
    return [...this.#byDigest.values()];
  }

  /** What a finished pull leaves: the image with the digest's name and, when it was pulled by tag, the tag's. */
  add(reference: ImageReference, image: RegistryImage, nowMs: number): void {
    const digestName = formatImageReference({ ...reference, tag: undefined, digest: image.digest });
    const tagName = reference.digest === undefined ? formatImageReference(reference) : undefined;
    if (tagName !== undefined) this.#moveTag(tagName, image.digest);
    const old = this.#byDigest.get(image.digest);
    if (old === undefined) this.#usedBytes += image.sizeBytes;
    this.#byDigest.set(image.digest, {
      image,
      digestNames: withName(old?.digestNames, digestName),
      tagNames: withName(old?.tagNames, tagName),
      firstSeenMs: old?.firstSeenMs ?? nowMs,
      lastUsedMs: old?.lastUsedMs,
    });
    this.#digestByName.set(digestName, image.digest);
    if (tagName !== undefined) this.#digestByName.set(tagName, image.digest);
  }

  /** Removes the image with all its names, as the runtime does whichever of them it is given. False: it is not there. */
  remove(name: string): boolean {
    const stored = this.find(parseImageReference(name));
    if (stored === undefined) return false;
    this.#byDigest.delete(stored.image.digest);
    for (const each of [...stored.digestNames, ...stored.tagNames]) this.#digestByName.delete(each);
    this.#usedBytes -= stored.image.sizeBytes;
    return true;
  }

  /** A container of the kubelet was seen with this image. */
  markUsed(digest: string, nowMs: number): void {
    const stored = this.#byDigest.get(digest);
    if (stored !== undefined) this.#byDigest.set(digest, { ...stored, lastUsedMs: nowMs });
  }

  /** `status.images`: largest first, digests before tags. */
  status(): readonly ContainerImage[] {
    return [...this.#byDigest.values()]
      .sort((a, b) => b.image.sizeBytes - a.image.sizeBytes)
      .slice(0, maxStatusImages)
      .map(({ image, digestNames, tagNames }) => ({
        names: [...digestNames, ...tagNames].slice(0, maxStatusNames),
        sizeBytes: image.sizeBytes,
      }));
  }

  /** A tag names one image: the one that had it before keeps its digest's name alone. */
  #moveTag(tagName: string, digest: string): void {
    const oldDigest = this.#digestByName.get(tagName);
    const old = oldDigest === undefined ? undefined : this.#byDigest.get(oldDigest);
    if (old === undefined || oldDigest === undefined || oldDigest === digest) return;
    const tagNames = old.tagNames.filter((name) => name !== tagName);
    this.#byDigest.set(oldDigest, { ...old, tagNames });
  }
}

function withName(names: readonly string[] = [], name: string | undefined): readonly string[] {
  return name === undefined || names.includes(name) ? names : [...names, name];
}
