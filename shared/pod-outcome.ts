// What a pull pod's status says about the pull.

import type { Pod } from './kube-types.ts';
import type { Reason } from './reason.ts';

export type PodReading =
  /** Nothing is known yet; the kubelet may be queueing or pulling. */
  | { readonly kind: 'pulling' }
  /** The image is on the node. `terminal` is false when the kubelet would go on trying to run it. */
  | {
      readonly kind: 'pulled';
      readonly terminal: boolean;
      readonly digest: string | undefined;
      readonly message: string;
    }
  /** The pull failed. `terminal` is false when the kubelet would go on trying by itself. */
  | {
      readonly kind: 'failed';
      readonly terminal: boolean;
      readonly reason: Reason;
      readonly message: string;
    };

/** Reads the first container; a pull pod has one of ours, webhooks may append others. */
export function readPodOutcome(_pod: Pod): PodReading {
  return { kind: 'pulling' };
}
