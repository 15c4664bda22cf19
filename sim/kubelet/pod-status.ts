// Pod status as the kubelet writes it, built from what happened to each container. Pure; which status comes when is
// the pod worker's business.

import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  Taint,
  Toleration,
} from '../../shared/kube-types.ts';
import { formatTimestampSeconds } from '../../shared/timestamp.ts';
import { neverStarted } from './messages.ts';

export type PodStatus = NonNullable<Pod['status']>;

/** One container on its way. */
export interface ContainerRun {
  readonly container: Container;
  state: ContainerState;
  /** `REPOSITORY@DIGEST`; empty until a container was created from the image. */
  imageId: string;
}

/** Why the kubelet does not let a pod in; it turns Failed with these words. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

export function creatingState(): ContainerState {
  return { waiting: { reason: 'ContainerCreating' } };
}

/** Status of a pod with these containers; `phase` is derived from their states unless the pod has ended. */
export function buildPodStatus(
  runs: readonly ContainerRun[],
  at: {
    readonly startTime: string;
    readonly hostIp: string;
    readonly ended: boolean;
    /** Real kubelets always say it; here it is left out (undefined) of the pods that never had trouble with it. */
    readonly hasSandbox?: boolean | undefined;
  },
): PodStatus {
  const status: PodStatus & { readonly hostIP: string; readonly qosClass: string } = {
    phase: phaseOf(runs, at.ended),
    startTime: at.startTime,
    hostIP: at.hostIp,
    qosClass: 'BestEffort',
    ...(at.hasSandbox === undefined ? {} : { conditions: [sandboxCondition(at.hasSandbox)] }),
    containerStatuses: runs.map(buildContainerStatus),
  };
  return status;
}

function sandboxCondition(hasSandbox: boolean): Condition {
  return { type: 'PodReadyToStartContainers', status: hasSandbox ? 'True' : 'False' };
}

export function buildRejection(rejection: Rejection, wallMs: number): PodStatus {
  return {
    phase: 'Failed',
    reason: rejection.reason,
    message: `Pod was rejected: ${rejection.message}`,
    startTime: formatTimestampSeconds(wallMs),
  };
}

/** The state of a container after its pod was killed: what had not started is said to have been lost. */
export function killedState(state: ContainerState, wallMs: number): ContainerState {
  if (state.terminated !== undefined) return state;
  if (state.running === undefined) return { terminated: neverStarted };
  const { startedAt } = state.running;
  const finishedAt = formatTimestampSeconds(wallMs);
  const started = startedAt === undefined ? {} : { startedAt };
  return { terminated: { exitCode: 137, reason: 'Error', ...started, finishedAt } };
}

export function startErrorState(message: string, wallMs: number): ContainerState {
  return {
    terminated: {
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt: '1970-01-01T00:00:00Z',
      finishedAt: formatTimestampSeconds(wallMs),
    },
  };
}

export function completedState(startedAt: string, wallMs: number): ContainerState {
  const finishedAt = formatTimestampSeconds(wallMs);
  return { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt } };
}

/** Whether one of the tolerations covers the taint, by Kubernetes' rules. */
export function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some(({ key, operator, value, effect }) => {
    if (effect && effect !== taint.effect) return false;
    if (!key) return operator === 'Exists';
    if (key !== taint.key) return false;
    return operator === 'Exists' || (value ?? '') === (taint.value ?? '');
  });
}

/** The kubelet keeps saying Pending or Running until it has cleaned up after the last container. */
function phaseOf(runs: readonly ContainerRun[], ended: boolean): string {
  const states = runs.map((run) => run.state);
  if (ended) {
    return states.every((state) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
  }
  const started = states.some(
    ({ running, terminated }) => running !== undefined || terminated?.exitCode === 0,
  );
  return started && states.every((state) => state.waiting === undefined) ? 'Running' : 'Pending';
}

function buildContainerStatus(run: ContainerRun): ContainerStatus {
  const running = run.state.running !== undefined;
  const status: ContainerStatus & {
    readonly ready: boolean;
    readonly started: boolean;
    readonly restartCount: number;
  } = {
    name: run.container.name,
    image: run.container.image,
    imageID: run.imageId,
    lastState: {},
    ready: running,
    restartCount: 0,
    started: running,
    state: run.state,
  };
  return status;
}
