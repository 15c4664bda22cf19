// Forehold as a user installs it: the image baked and pushed, the chart installed with no value but the registry, and
// the pods that come of it.

import { join } from 'node:path';
import type { CoordinationLease, List } from '../../../shared/kube-types.ts';
import { coordinatorLeaseName, defaultPullNamespace } from '../../../shared/names.ts';
import { runCommand } from './commands.ts';
import { root } from './environment.ts';
import type { Kube } from './kube.ts';
import type { Programs } from './part.ts';
import { PodPart, type RunningPod } from './pod-part.ts';

export const releaseNamespace = 'forehold';

const releaseName = 'forehold';
const helmTimeoutMs = 300_000;

export interface ReleaseOptions {
  readonly kube: Kube;
  readonly kubeconfig: string;
  readonly registry: string;
}

export class Release {
  readonly kube: Kube;
  readonly #options: ReleaseOptions;

  constructor(options: ReleaseOptions) {
    this.#options = options;
    this.kube = options.kube;
  }

  /** `helm COMMAND forehold …` with the registry as the only value that is always set. */
  install(
    values: Readonly<Record<string, string>> = {},
    chart = chartFolder(root),
  ): Promise<string> {
    const { registry } = this.#options;
    const all = { 'global.imageRegistry': registry, ...values };
    const sets = Object.entries(all).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    return this.helm(['upgrade', '--install', releaseName, chart, '--create-namespace', ...sets]);
  }

  uninstall(): Promise<string> {
    return this.helm(['uninstall', releaseName, '--ignore-not-found', '--timeout', '4m']);
  }

  helm(args: readonly string[]): Promise<string> {
    const environment = { KUBECONFIG: this.#options.kubeconfig };
    const all = [...args, '--namespace', releaseNamespace];
    return runCommand('helm', all, { environment, timeoutMs: helmTimeoutMs });
  }

  programs(nodeNames: readonly string[]): Programs {
    const agents = nodeNames.map(
      (nodeName) =>
        [
          nodeName,
          new PodPart({
            name: `agent-${nodeName}`,
            namespace: defaultPullNamespace,
            kube: this.kube,
            program: '/app/agent.mjs',
            findPods: () => this.findAgents(nodeName),
          }),
        ] as const,
    );
    return {
      coordinator: this.coordinator(),
      agents: new Map(agents),
      form: 'release',
      systemNamespace: releaseNamespace,
    };
  }

  coordinator(): PodPart {
    return new PodPart({
      name: 'coordinator',
      namespace: releaseNamespace,
      kube: this.kube,
      program: '/app/coordinator.mjs',
      findPods: () => this.findCoordinators(),
    });
  }

  /** Agents that are not being deleted, on one node or on all. */
  async findAgents(nodeName?: string): Promise<readonly RunningPod[]> {
    const pods = await this.#findPods(defaultPullNamespace, 'agent');
    return pods.filter((pod) => nodeName === undefined || pod.spec.nodeName === nodeName);
  }

  /** Replicas that are not being deleted, the leader first. */
  async findCoordinators(): Promise<readonly RunningPod[]> {
    const pods = await this.#findPods(releaseNamespace, 'coordinator');
    const leader = await this.findLeader().catch(() => undefined);
    return [...pods].sort(
      (left, right) =>
        Number(right.metadata.name === leader) - Number(left.metadata.name === leader),
    );
  }

  /** Name of the pod that holds the coordination Lease; empty when nobody does. */
  async findLeader(): Promise<string> {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${releaseNamespace}/leases`;
    const lease = await this.kube.get<CoordinationLease>(`${path}/${coordinatorLeaseName}`);
    return lease.spec?.holderIdentity ?? '';
  }

  async #findPods(namespace: string, component: string): Promise<readonly RunningPod[]> {
    const labelSelector = `app.kubernetes.io/name=forehold,app.kubernetes.io/component=${component}`;
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const { items } = await this.kube.get<List<RunningPod>>(path, { labelSelector });
    return items.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  }
}

export function chartFolder(folder: string): string {
  return join(folder, 'charts/forehold');
}
