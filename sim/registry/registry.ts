// A model of the registries that kubelets pull from: which images exist, how large they are, who may have them. No
// HTTP, because nothing of Forehold speaks to a registry yet; kubelets ask it in the same process. An image that
// nobody declared exists all the same, with a size derived from its name, so that any list of names can be warmed.

import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '../../shared/image-ref.ts';
import { hashToDigest, hashToUnit } from '../seeded-hash.ts';

export interface RegistryImage {
  readonly digest: string;
  /** Compressed and unpacked are one number here. */
  readonly sizeBytes: number;
  /** False for images such as `scratch` with data alone: the pull succeeds, the start of `true` does not. */
  readonly hasExecutable: boolean;
  /** User that the image names; 0 is root, which `runAsNonRoot` refuses. */
  readonly userId: number;
  /** `OS/ARCHITECTURE`. */
  readonly platforms: readonly string[];
}

/** An image without a field that is given has the one derived from its name. */
export type ImageDeclaration = Partial<RegistryImage>;

/** Why a pull gets nothing: no such image, 401, 403, 429, 503, or no answer at all. */
export type Refusal =
  | 'missing'
  | 'unauthorized'
  | 'forbidden'
  | 'rateLimited'
  | 'unavailable'
  | 'unreachable';

export type Resolution =
  | { readonly kind: 'found'; readonly image: RegistryImage }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface RegistryOptions {
  readonly seed: number;
  /** Whether images that nobody declared exist; true unless given. */
  readonly derivesUndeclared?: boolean;
}

// Most images in use lie between a small tool and a data-science notebook.
const minDerivedBytes = 50_000_000;
const maxDerivedBytes = 4_000_000_000;

export class Registry {
  readonly #seed: number;
  readonly #derivesUndeclared: boolean;
  /** By normalised reference, by tag and by digest; as many as the run names. */
  readonly #images = new Map<string, RegistryImage>();
  /** Images that a pull gets no further with: by normalised reference, `REGISTRY/REPOSITORY` or `REGISTRY`. */
  readonly #refusals = new Map<string, Refusal>();

  constructor(options: RegistryOptions) {
    this.#seed = options.seed;
    this.#derivesUndeclared = options.derivesUndeclared ?? true;
  }

  /**
   * Pushes an image: a tag that was there moves to it. Found by its tag and by its digest from now on.
   * @throws ImageReferenceError
   */
  push(reference: string, declaration: ImageDeclaration = {}): RegistryImage {
    const parsed = parseImageReference(reference);
    const image = { ...this.#derive(parsed), ...declaration };
    this.#images.set(formatImageReference(parsed), image);
    this.#images.set(byDigest(parsed, image.digest), image);
    return image;
  }

  /**
   * From now on the registry refuses this image, repository (`REGISTRY/REPOSITORY`) or registry (its host).
   * @param scope in normalised spelling
   */
  refuse(scope: string, refusal: Refusal): void {
    this.#refusals.set(scope, refusal);
  }

  /** Takes back `refuse`. */
  accept(scope: string): void {
    this.#refusals.delete(scope);
  }

  /** What a pull of this reference meets. */
  resolve(reference: ImageReference): Resolution {
    const name = formatImageReference(reference);
    const repository = `${reference.registry}/${reference.repository}`;
    const refusal =
      this.#refusals.get(name) ??
      this.#refusals.get(repository) ??
      this.#refusals.get(reference.registry);
    if (refusal !== undefined) return { kind: 'refused', refusal };
    const image = this.#images.get(name);
    if (image !== undefined) return { kind: 'found', image };
    if (!this.#derivesUndeclared) return { kind: 'refused', refusal: 'missing' };
    return { kind: 'found', image: this.push(name) };
  }

  #derive(reference: ImageReference): RegistryImage {
    const name = formatImageReference(reference);
    const repository = `${reference.registry}/${reference.repository}`;
    // Tags of one repository differ little in size: the repository decides, the tag adds up to a tenth.
    const exponent = hashToUnit(this.#seed, 'size', repository);
    const baseBytes = minDerivedBytes * (maxDerivedBytes / minDerivedBytes) ** exponent;
    const sizeBytes = Math.round(baseBytes * (1 - 0.1 * hashToUnit(this.#seed, 'size', name)));
    return {
      digest: reference.digest ?? hashToDigest(this.#seed, 'image', name),
      sizeBytes: Math.max(minDerivedBytes, sizeBytes),
      hasExecutable: true,
      userId: 0,
      platforms: ['linux/amd64', 'linux/arm64'],
    };
  }
}

function byDigest(reference: ImageReference, digest: string): string {
  return formatImageReference({ ...reference, tag: undefined, digest });
}
