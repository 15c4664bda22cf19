// The kubelet's list of images, as references that can be compared. An entry of the list is one image under up to five
// names, digests before tags; names that no reference can spell (`<none>:<none>`) name nothing and are skipped.

import {
  findImageReference,
  formatImageReference,
  type ImageReference,
} from '../../shared/image-ref.ts';
import type { ContainerImage } from '../../shared/kube-types.ts';
import { bounds } from '../../shared/protocol.ts';

/** One name of one image, as the node's status shows it. */
export interface ListedName {
  /** Normalised. */
  readonly reference: string;
  /** Undefined when no name of the image tells the digest in the same repository. */
  readonly digest: string | undefined;
  readonly sizeBytes: number;
}

export function readStatusImages(images: readonly ContainerImage[]): readonly ListedName[] {
  return images.flatMap(readImage);
}

function readImage({ names, sizeBytes = 0 }: ContainerImage): ListedName[] {
  const references = (names ?? []).flatMap((name) => readName(name) ?? []);
  return references.map((reference) => ({
    reference: formatImageReference(reference),
    digest: reference.digest ?? findDigest(references, reference),
    sizeBytes,
  }));
}

// The coordinator would end the session of an agent that sent longer ones.
function readName(name: string): ImageReference | undefined {
  if (name.length > bounds.maxReferenceLength) return undefined;
  const reference = findImageReference(name);
  return (reference?.digest?.length ?? 0) > bounds.maxDigestLength ? undefined : reference;
}

// An image may have another digest in every repository that it was pulled from.
function findDigest(
  references: readonly ImageReference[],
  { registry, repository }: ImageReference,
): string | undefined {
  return references.find(
    (other) =>
      other.digest !== undefined && other.registry === registry && other.repository === repository,
  )?.digest;
}
