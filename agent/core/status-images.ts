// The kubelet's list of images, as references that can be compared. An entry of the list is one image under up to five
// names, digests before tags; names that no reference can spell (`<none>:<none>`) name nothing and are skipped.

import {
  formatImageReference,
  type ImageReference,
  ImageReferenceError,
  parseImageReference,
} from '../../shared/image-ref.ts';
import type { ContainerImage } from '../../shared/kube-types.ts';

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

// No registry serves longer ones, and the coordinator would end the session of an agent that sent one.
const maxReferenceLength = 512;
const maxDigestLength = 256;

function readImage({ names, sizeBytes = 0 }: ContainerImage): ListedName[] {
  const references = (names ?? []).flatMap((name) => readName(name) ?? []);
  return references.map((reference) => ({
    reference: formatImageReference(reference),
    digest: reference.digest ?? findDigest(references, reference),
    sizeBytes,
  }));
}

function readName(name: string): ImageReference | undefined {
  if (name.length > maxReferenceLength) return undefined;
  try {
    const reference = parseImageReference(name);
    return (reference.digest?.length ?? 0) > maxDigestLength ? undefined : reference;
  } catch (error) {
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
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
