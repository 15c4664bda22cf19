// What the control plane does about nodes and their pods while kubelets are away: Ready turns Unknown after a silence,
// taints follow the Ready condition, pods that do not tolerate them are evicted, pods of nodes that are no more are
// deleted (node lifecycle, taint eviction and pod garbage collection of the controller-manager).

import type { Clock, Timer } from '../../shared/clock.ts';
import { isSameJson } from '../../shared/json.ts';
import type { Node, Pod, Taint } from '../../shared/kube-types.ts';
import type { Store } from '../store.ts';
import { unknownCondition, withCondition } from './node-object.ts';
import { isTolerated } from './pod-status.ts';

export interface NodeControllerOptions {
  readonly clock: Clock;
  readonly store: Store;
  /** Silence after which a node is NotReady. */
  readonly nodeGraceMs: number;
}

/** kube-controller-manager: node-monitor-grace-period. */
export const defaultNodeGraceMs = 50_000;

// DefaultTolerationSeconds: what a pod tolerates that says nothing of these taints.
const defaultTolerationSeconds = 300;
// PodGC: an orphan is left alone for 40 s, and looked for each 20 s; 59 s on the test bed.
const orphanMs = 60_000;
const prefix = 'node.kubernetes.io/';
const collectedCondition = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByPodGC',
  message: 'PodGC: node no longer exists',
} as const;
const readinessTaints = new Set([`${prefix}not-ready`, `${prefix}unreachable`]);

export class NodeController {
  readonly #options: NodeControllerOptions;
  /** By node name; one per silent node. */
  readonly #silences = new Map<string, Timer>();
  /** Every other timer that has not fired. */
  readonly #timers = new Set<Timer>();
  #unsubscribes: (() => void)[] = [];

  constructor(options: NodeControllerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#unsubscribes.length > 0) return;
    const { store } = this.#options;
    this.#unsubscribes = [
      store.subscribe('nodes', ({ type, object, previous }) => {
        if (type === 'DELETED') this.#nodeGone(object.metadata.name);
        else this.#nodeSeen(object, previous);
      }),
      store.subscribe('pods', ({ type, object }) => {
        if (type === 'ADDED') this.#podCreated(object);
      }),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
    this.#unsubscribes = [];
    for (const timer of [...this.#timers, ...this.#silences.values()]) timer.cancel();
    this.#timers.clear();
    this.#silences.clear();
  }

  /** Nothing is heard of the node from now on. */
  silent(name: string): void {
    if (this.#silences.has(name)) return;
    const { clock, nodeGraceMs } = this.#options;
    const timer = clock.startTimer(nodeGraceMs, () => this.#giveUp(name));
    this.#silences.set(name, timer);
  }

  heard(name: string): void {
    this.#silences.get(name)?.cancel();
    this.#silences.delete(name);
  }

  #giveUp(name: string): void {
    const { store, clock } = this.#options;
    if (!this.#exists(name)) return;
    const unknown = unknownCondition(clock.now().wallMs);
    store.modify(
      'nodes',
      { name },
      (node) => ({ ...node, status: withCondition(node.status ?? {}, unknown) }),
      { subresource: 'status' },
    );
  }

  #podCreated(pod: Pod): void {
    const name = pod.spec.nodeName;
    if (name === undefined) return;
    const node = this.#options.store.find('nodes', { name });
    if (node === undefined) this.#nodeGone(name);
    for (const taint of evictingTaints(node)) this.#evict(pod, taint);
  }

  #nodeSeen(node: Node, previous: Node | undefined): void {
    const { store } = this.#options;
    const { name } = node.metadata;
    const current = node.spec?.taints ?? [];
    const others = current.filter((taint) => !readinessTaints.has(taint.key));
    const wanted = [...others, ...wantedTaints(node)];
    if (!isSameJson(current, wanted) && this.#exists(name)) {
      store.modify('nodes', { name }, (stored) => ({
        ...stored,
        spec: withTaints(stored, wanted),
      }));
    }
    const old = evictingTaints(previous);
    for (const taint of evictingTaints(node)) {
      if (old.some((each) => isSame(each, taint))) continue;
      for (const pod of store.list('pods', { nodeName: name })) this.#evict(pod, taint);
    }
  }

  /** A pod that tolerates the taint for a while gets that while. */
  #evict(pod: Pod, taint: Taint): void {
    const seconds = tolerationSeconds(pod, taint);
    if (seconds === Number.POSITIVE_INFINITY) return;
    this.#after(seconds * 1_000, () => {
      const node = this.#options.store.find('nodes', { name: pod.spec.nodeName ?? '' });
      const tainted = evictingTaints(node).some((each) => isSame(each, taint));
      const stays = this.#find(pod)?.metadata.deletionTimestamp === undefined;
      if (tainted && stays) this.#remove(pod, undefined);
    });
  }

  #nodeGone(name: string): void {
    this.heard(name);
    this.#after(orphanMs, () => {
      if (this.#exists(name)) return;
      for (const pod of this.#options.store.list('pods', { nodeName: name })) this.#collect(pod);
    });
  }

  #collect(pod: Pod): void {
    const { store } = this.#options;
    const phase = pod.status?.phase;
    if (phase !== 'Succeeded' && phase !== 'Failed') {
      const status = { ...pod.status, phase: 'Failed', conditions: [collectedCondition] };
      store.modify('pods', addressOf(pod), (stored) => ({ ...stored, status }), {
        subresource: 'status',
      });
    }
    this.#remove(pod, 0);
  }

  #remove(pod: Pod, graceSeconds: number | undefined): void {
    if (this.#find(pod) === undefined) return;
    this.#options.store.remove('pods', addressOf(pod), { uid: pod.metadata.uid, graceSeconds });
  }

  /** The pod as it is now, unless another one has its name. */
  #find(pod: Pod): Pod | undefined {
    const found = this.#options.store.find('pods', addressOf(pod));
    return found?.metadata.uid === pod.metadata.uid ? found : undefined;
  }

  #exists(node: string): boolean {
    return this.#options.store.find('nodes', { name: node }) !== undefined;
  }

  #after(delayMs: number, callback: () => void): void {
    const timer = this.#options.clock.startTimer(delayMs, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
  }
}

/** The taints of a node that is not Ready: nothing new is scheduled there, and what is there has to go. */
function wantedTaints(node: Node): readonly Taint[] {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  if (ready === 'True') return [];
  const key = `${prefix}${ready === 'Unknown' ? 'unreachable' : 'not-ready'}`;
  return [
    { key, effect: 'NoSchedule' },
    { key, effect: 'NoExecute' },
  ];
}

function evictingTaints(node: Node | undefined): readonly Taint[] {
  return (node?.spec?.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
}

function isSame(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

function withTaints(node: Node, taints: readonly Taint[]): NonNullable<Node['spec']> {
  const { taints: _, ...rest } = node.spec ?? {};
  return taints.length === 0 ? rest : { ...rest, taints };
}

/** How long the pod may stay: for ever when a toleration without seconds covers the taint. */
function tolerationSeconds(pod: Pod, taint: Taint): number {
  const tolerations = (pod.spec.tolerations ?? []).filter((each) => isTolerated(taint, [each]));
  if (tolerations.length === 0)
    return readinessTaints.has(taint.key) ? defaultTolerationSeconds : 0;
  return Math.min(...tolerations.map((each) => each.tolerationSeconds ?? Number.POSITIVE_INFINITY));
}

function addressOf(pod: Pod): { readonly namespace?: string; readonly name: string } {
  const { name, namespace } = pod.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}
