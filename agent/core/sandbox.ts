// Whether a pull pod waits for its sandbox and not for its image: without a pod IP or a network it would hold a slot until its
// pull has timed out, although nothing is pulled. Kubelets say so in a condition, and before 1.36 only once the pull is over,
// when it is of no use.

/** A sandbox is there within seconds; a network plugin that restarts takes a minute. */
export const sandboxPatienceMs = 120_000;

export const sandboxMessage =
  "the pod got no sandbox within 2m: no pod IP or no network (the pod's events say which)";

/** @param kubeletVersion such as `v1.36.3` */
export function tellsOfSandboxes(kubeletVersion: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(kubeletVersion) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 36);
}
