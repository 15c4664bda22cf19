// What a pull pod is about, read from the object as the cluster stores it and not from anything that Forehold believes.

import { normaliseImageReference, parseImageReference } from '../../../shared/image-ref.ts';
import type { Pod } from '../../../shared/kube-types.ts';
import { annotations, labels, managedBy } from '../../../shared/names.ts';

export interface PullPod {
  readonly uid: string;
  readonly name: string;
  readonly node: string;
  readonly nodeUid: string;
  readonly image: string;
  readonly registry: string;
  readonly pullSecrets: string;
  readonly epoch: number;
}

/**
 * The kubelet's word of it is that the pull failed. It tries again in its own time, and says so only when that has ended:
 * whoever removes the pod by force meanwhile leaves nothing that could tell of the pull.
 */
export function isSaidToFail({ status }: Pod): boolean {
  const { reason = '' } = status?.containerStatuses?.[0]?.state?.waiting ?? {};
  return reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
}

/** Undefined of a pod that is none of ours. */
export function readPullPod({ metadata, spec }: Pod): PullPod | undefined {
  const [container] = spec.containers;
  if (metadata.labels?.[labels.managedBy] !== managedBy || container?.image === undefined)
    return undefined;
  const image = normaliseImageReference(container.image);
  return {
    uid: metadata.uid ?? '',
    name: metadata.name,
    node: spec.nodeName ?? '',
    nodeUid: metadata.ownerReferences?.find(({ kind }) => kind === 'Node')?.uid ?? '',
    image,
    registry: parseImageReference(image).registry,
    pullSecrets: (spec.imagePullSecrets ?? []).map(({ name }) => name).join(','),
    epoch: Number(metadata.annotations?.[annotations.epoch] ?? 0),
  };
}
