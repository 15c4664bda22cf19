// A part that is one or more pods of the installed release, which the kubelet starts again when they are killed.

import type { Pod } from '../../../shared/kube-types.ts';
import { ports } from '../../../shared/names.ts';
import type { Kube } from './kube.ts';
import { type AfterKill, isAnsweringReady, type Part } from './part.ts';
import { findPodProcesses, killProcesses, residentMib } from './pod-processes.ts';
import { until } from './until.ts';

export interface PodPartOptions {
  readonly name: string;
  readonly namespace: string;
  readonly kube: Kube;
  /** What its command line contains. */
  readonly program: string;
  /** Its pods now, the one that leads first. */
  readonly findPods: () => Promise<readonly RunningPod[]>;
}

export interface RunningPod extends Pod {
  readonly status?: Pod['status'] & { readonly podIP?: string };
}

// A container that the kubelet starts again is killed before it has done anything: Node alone takes 50 ms.
const holdDownMs = 20;
const endDeadlineMs = 15_000;

export class PodPart implements Part {
  readonly name: string;
  readonly #options: PodPartOptions;
  #holding: NodeJS.Timeout | undefined;

  constructor(options: PodPartOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async httpAddress(): Promise<string> {
    return `${(await this.leader()).status?.podIP}:${ports.http}`;
  }

  /** The pod that leads; an agent's only one. */
  async leader(): Promise<RunningPod> {
    const [first] = await this.#options.findPods();
    if (first === undefined) throw new Error(`${this.name} has no pod`);
    return first;
  }

  async kill(after: AfterKill): Promise<void> {
    const pods = await this.#options.findPods();
    const victims = after === 'comesBack' ? pods.slice(0, 1) : pods;
    const pids = victims.flatMap((pod) => this.#pidsOf(pod));
    if (pids.length < victims.length) throw new Error(`${this.name} does not run everywhere`);
    killProcesses(pids);
    await until(`${this.name} ended`, endDeadlineMs, () =>
      victims.every((pod) => this.#pidsOf(pod).every((pid) => !pids.includes(pid))),
    );
    if (after === 'staysDown')
      this.#holding = setInterval(
        () => killProcesses(victims.flatMap((pod) => this.#pidsOf(pod))),
        holdDownMs,
      );
  }

  /** New pods for those that were held down: the kubelet would wait longer and longer before it starts a container again. */
  async start(): Promise<void> {
    if (this.#holding === undefined) return;
    const { kube, namespace, findPods } = this.#options;
    const old = await findPods();
    const names = old.map((pod) => pod.metadata.name);
    await kube.kubectl([
      'delete',
      'pods',
      '-n',
      namespace,
      ...names,
      '--force',
      '--grace-period=0',
    ]);
    clearInterval(this.#holding);
    this.#holding = undefined;
    const uids = old.map((pod) => pod.metadata.uid);
    await until(`${this.name} has new pods`, endDeadlineMs, async () => {
      const pods = await findPods();
      return pods.length === old.length && pods.every((pod) => !uids.includes(pod.metadata.uid));
    });
  }

  async checkReady(): Promise<boolean> {
    const pods = await this.#options.findPods();
    for (const pod of pods)
      if (!(await isAnsweringReady(`${pod.status?.podIP}:${ports.http}`))) return false;
    return pods.length > 0;
  }

  async residentMib(): Promise<number> {
    const pids = (await this.#options.findPods()).flatMap((pod) => this.#pidsOf(pod));
    return Math.max(...pids.map(residentMib));
  }

  async logTail(lines: number): Promise<string> {
    const { kube, namespace, findPods } = this.#options;
    const texts = (await findPods()).map(({ metadata: { name } }) =>
      kube.kubectl(['logs', '-n', namespace, name, `--tail=${lines}`]).catch(String),
    );
    return (await Promise.all(texts)).join('\n');
  }

  #pidsOf({ metadata, spec }: RunningPod): number[] {
    return findPodProcesses(spec.nodeName ?? '', metadata.uid ?? '', this.#options.program);
  }
}
