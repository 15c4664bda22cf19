// What an attacker has: the tokens out of a running agent's own files, a viewer's token, and the names of things worth
// attacking. Beside them tokens that somebody might try though they are good for something else.

import { randomBytes } from 'node:crypto';
import type { Pod } from '../../../shared/kube-types.ts';
import { accounts, audiences, defaultPullNamespace } from '../../../shared/names.ts';
import type { RunningPod } from '../harness/pod-part.ts';
import { type Release, releaseNamespace } from '../harness/release.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import { until } from '../harness/until.ts';

export interface Loot {
  /** Of node 1's agent: what it uses at the API server, and at the coordinator. */
  readonly agentToken: string;
  readonly sessionToken: string;
  readonly viewerToken: string;
  readonly operatorToken: string;
  /** Of the agent's account and audience, but bound to no pod. */
  readonly unboundToken: string;
  /** As the session token, of a pod that is gone. */
  readonly deadToken: string;
  /** Of another account of the pull namespace, with the agents' audience. */
  readonly strangerToken: string;
  /** Of another account of the pull namespace, with the inspector's audience and no rights. */
  readonly nobodyToken: string;
  /** A viewer's, for the API server. */
  readonly viewerApiToken: string;
  /** An agent's, with the inspector's audience. */
  readonly agentInspectorToken: string;
  readonly node: { readonly name: string; readonly uid: string };
  readonly otherNode: { readonly name: string; readonly uid: string };
  readonly agentPod: RunningPod;
  readonly otherAgentPod: RunningPod;
  readonly coordinatorPod: RunningPod;
}

const kubeToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const sessionToken = '/var/run/secrets/forehold.dev/session/token';

export async function steal(stack: ReleaseStack): Promise<Loot> {
  const { release, nodes } = stack;
  const [first, second] = nodes.map(({ metadata: { name, uid = '' } }) => ({ name, uid }));
  if (first === undefined || second === undefined) throw new Error('the attacks want two nodes');
  const [agentPod] = await release.findAgents(first.name);
  const [otherAgentPod] = await release.findAgents(second.name);
  const [coordinatorPod] = await release.findCoordinators();
  if (!agentPod || !otherAgentPod || !coordinatorPod) throw new Error('the release does not run');
  const viewer = [accounts.viewer, releaseNamespace] as const;
  const agent = [accounts.agent, defaultPullNamespace] as const;
  const stranger = ['default', defaultPullNamespace] as const;
  return {
    agentToken: await readFromPod(release, agentPod, kubeToken),
    sessionToken: await readFromPod(release, agentPod, sessionToken),
    viewerToken: await mint(release, viewer, audiences.inspector),
    operatorToken: await mint(release, [accounts.operator, releaseNamespace], audiences.inspector),
    unboundToken: await mint(release, agent, audiences.session),
    deadToken: await mintForDeadPod(stack, first.name),
    strangerToken: await mint(release, stranger, audiences.session),
    nobodyToken: await mint(release, stranger, audiences.inspector),
    viewerApiToken: await mint(release, viewer),
    agentInspectorToken: await mint(release, agent, audiences.inspector),
    node: first,
    otherNode: second,
    agentPod,
    otherAgentPod,
    coordinatorPod,
  };
}

/** As an administrator reads it: the image has no shell, but Node. */
async function readFromPod(release: Release, pod: Pod, path: string): Promise<string> {
  const print = `process.stdout.write(require('node:fs').readFileSync('${path}'))`;
  const exec = ['exec', '-n', defaultPullNamespace, pod.metadata.name, '--'];
  return release.kube.kubectl([...exec, '/nodejs/bin/node', '-e', print]);
}

async function mint(
  { kube }: Release,
  [account, namespace]: readonly [string, string],
  audience?: string,
  pod?: string,
): Promise<string> {
  const bound = pod === undefined ? [] : ['--bound-object-kind', 'Pod', '--bound-object-name', pod];
  const wanted = audience === undefined ? [] : ['--audience', audience];
  const args = ['create', 'token', account, '-n', namespace, '--duration', '10m'];
  return (await kube.kubectl([...args, ...wanted, ...bound])).trim();
}

/** A token outlives its pod by its signature, and by nothing else. */
async function mintForDeadPod({ release, environment }: ReleaseStack, nodeName: string) {
  const { kube } = release;
  const name = `bait-${randomBytes(4).toString('hex')}`;
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: defaultPullNamespace },
    ...{
      spec: {
        nodeName,
        serviceAccountName: accounts.agent,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65_532,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: 'bait',
            image: `${environment.registry}/none:1`,
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      },
    },
  });
  const token = await mint(
    release,
    [accounts.agent, defaultPullNamespace],
    audiences.session,
    name,
  );
  const where = ['-n', defaultPullNamespace, name];
  await kube.kubectl(['delete', 'pod', ...where, '--force', '--grace-period=0']);
  await until('the bait is gone', 20_000, async () => {
    const left = await kube.kubectl(['get', 'pod', ...where, '--ignore-not-found', '-o', 'name']);
    return left.trim() === '';
  });
  return token;
}
