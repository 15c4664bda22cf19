// Why a pull pod was not let in: by the API server, which refuses to create it, or by the kubelet, which refuses to run it.

import type { Reason } from './reason.ts';

/** What the API server's refusal to create a pod means: one of three reasons. */
export function classifyRefusal(message: string): Reason {
  if (isWebhookUnavailable(message)) return 'WebhookUnavailable';
  return /exceeded quota: |failed quota: /.test(message) ? 'QuotaExceeded' : 'AdmissionDenied';
}

/** An admission webhook did not answer, and is to be asked again. */
export function isWebhookUnavailable(message: string): boolean {
  return /failed calling webhook "|failed to call webhook: /.test(message);
}

// The kubelet's own reasons (pkg/kubelet/lifecycle) that say that the node is of another kind.
const platformReasons: readonly string[] = [
  'PodOSNotSupported',
  'PodOSSelectorNodeLabelDoesNotMatch',
];

/**
 * What the kubelet's rejection or eviction of a pod means.
 * @param reason `status.reason` of the pod
 */
export function classifyRejection(reason: string, message: string): Reason {
  if (platformReasons.includes(reason)) return 'PlatformMismatch';
  const isPressed = /The node (had condition|was low on resource): /.test(message);
  return reason === 'Evicted' && isPressed ? 'NodePressure' : 'PodRejected';
}
