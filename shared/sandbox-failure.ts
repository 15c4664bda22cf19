// Why a pull pod never got its sandbox, from the events about it: nothing else says it. Network plugins speak in words of
// their own, which the kubelet passes on, so this matches sentences of theirs. What is not known for certain stays
// SandboxFailed, with the words for a person to read. Every sentence that is known, with where it was seen, stands in
// test/shared/recorded-sandbox-failures.ts.

import { cutMessage } from './pod-outcome.ts';
import type { Reason } from './reason.ts';

/** What is kept of an event about a pod. */
export interface PodEvent {
  readonly reason: string;
  readonly message: string;
  /** When it was said last. */
  readonly atMs: number;
}

export interface SandboxFailure {
  readonly reason: Reason;
  readonly message: string;
}

// The kubelet's own, and those of plugins that tell of an address by themselves (OVN-Kubernetes, Kube-OVN). The scheduler
// says nothing of a pull pod, which is born on its node.
const sandboxReasons: readonly string[] = [
  'FailedCreatePodSandBox',
  'NetworkNotReady',
  'FailedCreatePodContainer',
  'FailedMount',
  'ErrorAddingLogicalPort',
  'AcquireAddressFailed',
];

// What a kubelet only says once the sandbox is there.
const reasonsAfterSandbox: readonly string[] = ['Pulling', 'Pulled', 'Created', 'Started'];

const noAddress =
  /no IP addresses available in range set|failed to assign an IP address to container|Assigned 0 out of \d+ requested IPv[46] addresses|postIpamFailure.*(range is full|no more IPs available|CIDR ranges are exhausted|allocates more IPs)|Failed to allocate (address|pool): No available address|not enough IPs available|Could not allocate IP in range|no address allocated to pod|no available ip for pod|NoAvailableAddress/is;

// Kubelets put this before the tenth telling of one trouble, and all later ones.
const combined = /^\(combined from similar events\): /;

/** Whether the events say that the pod had its sandbox. */
export function hadSandbox(events: readonly PodEvent[]): boolean {
  return events.some(({ reason }) => reasonsAfterSandbox.includes(reason));
}

/** The newest words about an address, else the newest about the sandbox; undefined when no event is about either. */
export function readSandboxFailure(events: readonly PodEvent[]): SandboxFailure | undefined {
  const told = events
    .filter(({ reason }) => sandboxReasons.includes(reason))
    .toSorted((a, b) => a.atMs - b.atMs);
  const starved = told.findLast(({ message }) => noAddress.test(message));
  const found = starved ?? told.at(-1);
  if (found === undefined) return undefined;
  const words = found.message.replace(combined, '').trim();
  return {
    reason: starved === undefined ? 'SandboxFailed' : 'NoPodIP',
    message: cutMessage(words === '' ? found.reason : words),
  };
}
