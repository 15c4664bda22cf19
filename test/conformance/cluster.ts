// What the conformance suite needs of a cluster: enough for an embedded and for a real one to offer alike. Everything
// else is asked over the Kubernetes API, so that the same case means the same on both.

import type { KubeClient } from '../../shared/kube-client.ts';

export type ImageKind =
  /** Has `true` in it; takes seconds also while pulls are slow. */
  | 'plain'
  /** As `plain`, and so large that while pulls are slow no case sees its end. */
  | 'large'
  /** As `plain`, without any executable. */
  | 'noExecutable'
  /** Its registry answers that there is no such image. */
  | 'missing';

export interface ConformanceCluster {
  /** May do everything. */
  readonly client: KubeClient;
  /** Namespace whose pods with the managed-by label need a not-after; Pod Security `restricted` may hold in it. */
  readonly pullNamespace: string;
  /** Names of at least two nodes that are Ready, have a kubelet, pull one image at a time and run nothing else. */
  readonly nodes: readonly string[];
  /** Reference `HOST/REPOSITORY:TAG` of a new image that no node has. */
  image(kind: ImageKind): Promise<string>;
  /**
   * Makes all pulls slow, or quick again, those under way included. Undefined where that cannot be done; cases that
   * need it are skipped there.
   */
  readonly setSlowPulls: ((slow: boolean) => Promise<void>) | undefined;
  /** A resource version of which the API server no longer knows what pods have done since. */
  forgottenVersion(): Promise<string>;
  /** The API server's wall time. */
  nowMs(): number;
  /** Real milliseconds per millisecond of the cluster: 1, or less where its clock is faster. */
  readonly deadlineScale: number;
  close(): Promise<void>;
}
