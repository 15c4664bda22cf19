// How one pod gets its containers' images: by pull policy, with the kubelet's back-off between failures. The back-off
// belongs to pod uid and image, so that a new pod starts at zero, whatever happened to the one before it.

import type { Clock } from '../../shared/clock.ts';
import {
  type ImageReference,
  ImageReferenceError,
  parseImageReference,
} from '../../shared/image-ref.ts';
import type { Container } from '../../shared/kube-types.ts';
import type { RegistryImage } from '../registry/registry.ts';
import type { PodNews } from './event-book.ts';
import type { ImageStore } from './image-store.ts';
import {
  backOffMessage,
  invalidNameMessage,
  neverPullMessage,
  pullFailedMessage,
  pullingMessage,
} from './messages.ts';
import type { PullQueue } from './pull-queue.ts';

export type Ensured =
  | { readonly kind: 'present'; readonly reference: ImageReference; readonly image: RegistryImage }
  /** A waiting reason with its message. */
  | { readonly kind: 'problem'; readonly reason: string; readonly message: string }
  /** The kubelet itself ends. */
  | { readonly kind: 'aborted' };

interface Failure {
  readonly failedAtMs: number;
  readonly backOffMs: number;
  readonly message: string;
}

// kubelet: imageBackOffPeriod and MaxImageBackOff.
const initialBackOffMs = 10_000;
const maxBackOffMs = 300_000;

export class PodImages {
  readonly #podUid: string;
  readonly #clock: Clock;
  readonly #images: ImageStore;
  readonly #pulls: PullQueue;
  readonly #tell: (news: PodNews) => void;
  /** By image as written; one per container at most. */
  readonly #failures = new Map<string, Failure>();

  constructor(
    podUid: string,
    node: { clock: Clock; images: ImageStore; pulls: PullQueue },
    tell: (news: PodNews) => void,
  ) {
    this.#tell = tell;
    this.#podUid = podUid;
    this.#clock = node.clock;
    this.#images = node.images;
    this.#pulls = node.pulls;
  }

  async ensure(container: Container): Promise<Ensured> {
    const reference = readReference(container.image);
    if (typeof reference === 'string') {
      const message = invalidNameMessage(container.image, reference);
      return { kind: 'problem', reason: 'InvalidImageName', message };
    }
    const policy = container.imagePullPolicy ?? defaultPolicy(reference);
    const stored = this.#images.find(reference);
    if (stored !== undefined && policy !== 'Always') {
      return { kind: 'present', reference, image: stored.image };
    }
    if (policy === 'Never') {
      const message = neverPullMessage(container.image);
      return { kind: 'problem', reason: 'ErrImageNeverPull', message };
    }
    return this.#pull(container.image, reference);
  }

  async #pull(image: string, reference: ImageReference): Promise<Ensured> {
    const failure = this.#failures.get(image);
    if (failure !== undefined && this.#nowMs() - failure.failedAtMs < failure.backOffMs) {
      const message = backOffMessage(image, failure.message);
      return { kind: 'problem', reason: 'ImagePullBackOff', message };
    }
    this.#tell({ type: 'Normal', reason: 'Pulling', message: pullingMessage(image) });
    const result = await this.#pulls.pull(reference, this.#podUid);
    if (result.kind === 'aborted') return result;
    if (result.kind === 'pulled') return { kind: 'present', reference, image: result.image };
    const message = pullFailedMessage(image, result.message);
    this.#tell({ type: 'Warning', reason: 'Failed', message });
    const backOffMs =
      failure === undefined ? initialBackOffMs : Math.min(failure.backOffMs * 2, maxBackOffMs);
    this.#failures.set(image, { failedAtMs: this.#nowMs(), backOffMs, message: result.message });
    return { kind: 'problem', reason: 'ErrImagePull', message: result.message };
  }

  #nowMs(): number {
    return this.#clock.now().monotonicMs;
  }
}

/** What the API server fills in where the pod says nothing. */
function defaultPolicy(reference: ImageReference): string {
  return reference.tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** The reference, or what is wrong with it. */
function readReference(image: string): ImageReference | string {
  try {
    return parseImageReference(image);
  } catch (error) {
    if (error instanceof ImageReferenceError) return error.message;
    throw error;
  }
}
