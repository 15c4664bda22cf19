// The words of kubelet 1.36 and containerd 2.4, as seen on the test bed. Agent and coordinator show them to people and
// tell failures apart by them, so that the embedded kubelets must not invent their own.

import { formatImageReference, type ImageReference } from '../../shared/image-ref.ts';
import type { Refusal } from '../registry/registry.ts';

const refusals: Readonly<Record<Refusal, (image: string, url: string) => string>> = {
  missing: (image) => `${image}: not found`,
  unauthorized: () =>
    'pull access denied, repository does not exist or may require authorization: ' +
    'authorization failed: no basic auth credentials',
  forbidden: (_, url) => `unexpected status from HEAD request to ${url}: 403 Forbidden`,
  rateLimited: (_, url) => `unexpected status from HEAD request to ${url}: 429 Too Many Requests`,
  unavailable: (_, url) => `unexpected status from HEAD request to ${url}: 503 Service Unavailable`,
  unreachable: (_, url) =>
    `failed to do request: Head "${url}": dial tcp: lookup ${new URL(url).host}: i/o timeout`,
};

/** What containerd says when the registry refuses; the kubelet shows it as message of ErrImagePull. */
export function refusalMessage(refusal: Refusal, reference: ImageReference): string {
  const { registry, repository, tag, digest } = reference;
  const image = formatImageReference(reference);
  const url = `https://${registry}/v2/${repository}/manifests/${digest ?? tag}`;
  const why = `${unpackFailed(image)}: failed to resolve image: ${refusals[refusal](image, url)}`;
  return refusal === 'missing' ? `rpc error: code = NotFound desc = ${why}` : why;
}

export function platformMessage(image: string): string {
  return `rpc error: code = NotFound desc = ${unpackFailed(image)}: no match for platform in manifest: not found`;
}

export function noSpaceMessage(image: string): string {
  return `${unpackFailed(image)}: failed to extract layer: no space left on device`;
}

function unpackFailed(image: string): string {
  return `failed to pull and unpack image "${image}"`;
}

export function backOffMessage(image: string, cause: string): string {
  return `Back-off pulling image "${image}": ErrImagePull: ${cause}`;
}

export function neverPullMessage(image: string): string {
  return `Container image "${image}" is not present with pull policy of Never`;
}

export function invalidNameMessage(image: string, why: string): string {
  return `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format: ${why}`;
}

export function nonRootMessage(pod: string, container: string): string {
  return `container has runAsNonRoot and image will run as root (pod: "${pod}", container: ${container})`;
}

export function startErrorMessage(command: string): string {
  const found = command.startsWith('/')
    ? `stat ${command}: no such file or directory`
    : 'executable file not found in $PATH';
  return (
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: ' +
    `runc create failed: unable to start container process: exec: "${command}": ${found}`
  );
}

export function pullingMessage(image: string): string {
  return `Pulling image "${image}"`;
}

export function pullFailedMessage(image: string, why: string): string {
  return `Failed to pull image "${image}": ${why}`;
}

/** @param why the network plugin's own words */
export function sandboxFailedMessage(sandbox: string, why: string): string {
  return (
    'Failed to create pod sandbox: rpc error: code = Unknown desc = ' +
    `failed to setup network for sandbox "${sandbox}": ${why}`
  );
}

/** What a container is said to have ended with when its pod was killed before it was started. */
export const neverStarted = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
} as const;
