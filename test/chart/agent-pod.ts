// The pull pod that a real agent would create, for the policies' tests: made by the agent's own builder, so that a policy
// which forbids what agents do is found here.

import type { Pod } from '../../shared/kube-types.ts';
import { formatPair, formatPodName } from '../../shared/pair.ts';
import { buildPullPod } from '../../shared/pull-pod.ts';

export const node = { name: 'policy-test-node', uid: '0f0f0f0f-0000-4000-8000-000000000001' };
export const otherNode = { name: 'policy-test-other', uid: '0f0f0f0f-0000-4000-8000-000000000002' };

export interface AgentPodOptions {
  readonly namespace: string;
  readonly priorityClassName: string;
  readonly notAfterMs: number;
  readonly image?: string;
}

export function buildAgentPod(options: AgentPodOptions): Pod {
  const { namespace, priorityClassName, notAfterMs } = options;
  const { image = 'docker.io/library/busybox:1.37' } = options;
  const pair = { nodeUid: node.uid, image, pullSecrets: ['team'] };
  return buildPullPod(
    {
      kind: 'offer',
      leaseId: '7-42',
      epoch: 7,
      heartbeatSequence: 3,
      notAfterMs,
      pair: formatPair(pair),
      podName: formatPodName(pair),
      image,
      imagePullPolicy: 'Always',
      pullSecrets: pair.pullSecrets,
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoSchedule' }],
      limits: ['cluster', 'image', 'node'],
      pullTimeoutMs: 1_800_000,
    },
    node,
    {
      namespace,
      priorityClassName,
      daemonSet: { name: 'forehold-agent', uid: '0f0f0f0f-0000-4000-8000-00000000000d' },
    },
  );
}
