// Everything that the agent's core can be told, and everything it can ask for. The shell turns watches, answers of the
// API server and the coordinator's messages into events, and actions into requests and messages; the core decides.

import type { ContainerImage } from '../../shared/kube-types.ts';
import type { ObservedPod } from '../../shared/observed-pod.ts';
import type { AgentMessage, CoordinatorMessage, Offer, Welcome } from '../../shared/protocol.ts';

/** What the agent keeps of its node object. */
export interface OwnNode {
  readonly name: string;
  readonly uid: string;
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly kubeletVersion: string;
  readonly containerRuntimeVersion: string;
  readonly images: readonly ContainerImage[];
  /** Cordoned, being deleted or being drained by an autoscaler: its pods are to go soon. */
  readonly leaving: boolean;
  /** When the kubelet made this status, by its own clock, which is this machine's. */
  readonly reportedAtMs: number;
}

/** What the agent keeps of a pull pod on its node. Without a readable lease it has nobody to report to. */
export interface OwnPod extends ObservedPod {
  /** When the container ended by the kubelet's clock; undefined while it has not. */
  readonly finishedAtMs: number | undefined;
  /** Condition PodReadyToStartContainers; undefined when it is not there. */
  readonly sandboxReady: boolean | undefined;
}

/** How a request to create a pull pod ended. */
export type CreateAnswer =
  | { readonly kind: 'created'; readonly pod: OwnPod }
  /** 409: a pod of this name exists. */
  | { readonly kind: 'exists' }
  /** The API server or a policy said no, and would again. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Busy, or no answer: nobody knows whether the pod exists now. */
  | { readonly kind: 'failed'; readonly message: string };

export type LookUpAnswer =
  | { readonly kind: 'found'; readonly pod: OwnPod }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly message: string };

/** `missing`: the pod is gone, or another one has its name. */
export type DeleteAnswer = 'accepted' | 'missing' | 'failed';

export type Event =
  | { readonly kind: 'nodeSeen'; readonly node: OwnNode }
  /** `askedAtMs`: monotonic; a pod that was there then and is not among these is gone. */
  | {
      readonly kind: 'podsListed';
      readonly pods: readonly OwnPod[];
      readonly askedAtMs: number;
    }
  | { readonly kind: 'podSeen'; readonly pod: OwnPod }
  | { readonly kind: 'podGone'; readonly pod: OwnPod }
  | { readonly kind: 'createAnswered'; readonly leaseId: string; readonly answer: CreateAnswer }
  | { readonly kind: 'lookUpAnswered'; readonly leaseId: string; readonly answer: LookUpAnswer }
  | { readonly kind: 'deleteAnswered'; readonly podUid: string; readonly answer: DeleteAnswer }
  /** First message of a stream; those that follow come as `messageReceived`. */
  | { readonly kind: 'sessionOpened'; readonly welcome: Welcome }
  | { readonly kind: 'messageReceived'; readonly message: CoordinatorMessage }
  | { readonly kind: 'sessionEnded' }
  /** Time passed; also sent when `nextDeadlineMs` is due. */
  | { readonly kind: 'ticked' };

export type Action =
  | { readonly kind: 'send'; readonly message: AgentMessage }
  /** The stream speaks for a node object that is gone: end it and open another. */
  | { readonly kind: 'endSession'; readonly why: string }
  /** Answer with `createAnswered`. */
  | { readonly kind: 'createPod'; readonly offer: Offer }
  /** GET by name and answer with `lookUpAnswered`. */
  | { readonly kind: 'lookUpPod'; readonly leaseId: string; readonly podName: string }
  /** Delete with the uid as precondition and grace 1 s, or 0 with `force`, and answer with `deleteAnswered`. */
  | {
      readonly kind: 'deletePod';
      readonly podName: string;
      readonly podUid: string;
      readonly force: boolean;
    };
