// Views of a core that is not there.

import { Inquiry } from '../../coordinator/core/inquiry.ts';
import { State } from '../../coordinator/core/state.ts';
import type {
  BreakerView,
  ImageView,
  LeaseView,
  LimitView,
  NodeView,
} from '../../coordinator/core/views.ts';
import type { InspectorViews } from '../../coordinator/inspector/inspector.ts';

export function leaseOf(id: string, change: Partial<LeaseView> = {}): LeaseView {
  return {
    id,
    epoch: Number(id.split('-')[0]),
    phase: 'Held',
    nodeName: 'n1',
    nodeUid: 'u1',
    image: 'docker.io/library/nginx:1.27',
    pullSecrets: ['secret'],
    cachedImages: ['web'],
    podName: `pull-${id}`,
    podUid: 'pod-uid',
    limits: ['cluster', 'image', 'node'],
    offeredAtMs: 1_000_000,
    notAfterMs: 1_015_000,
    heldAtMs: 1_001_000,
    endedAtMs: undefined,
    outcome: undefined,
    reason: '',
    message: '',
    digest: undefined,
    ...change,
  };
}

export function nodeOf(name: string): NodeView {
  return {
    name,
    uid: `uid-${name}`,
    platform: { os: 'linux', architecture: 'amd64' },
    ready: true,
    cordoned: false,
    connected: true,
    sessionId: 's1',
    lastHeartbeatAtMs: 1_000_500,
    inventoryEntries: 7,
    imagesDesired: 3,
    imagesCached: 2,
    liveLeases: 1,
    warm: false,
    kubeletVersion: 'v1.36.3',
    containerRuntimeVersion: 'containerd://2.4.2',
  };
}

export function imageOf(image: string, pullSecrets: readonly string[] = []): ImageView {
  return {
    image,
    pullSecrets,
    cachedImages: ['web'],
    priority: -5,
    nodesTargeted: 4,
    nodesReady: 2,
    nodesPulling: 1,
    nodesFailed: 1,
    resting: false,
    bindingLimit: 'image',
    meanPullMs: 1_500,
  };
}

/** Views over lists that a test may change. */
export class FakeViews implements InspectorViews {
  readonly epoch = 4;
  leaseList: LeaseView[] = [];
  nodeList: NodeView[] = [];
  imageList: ImageView[] = [];
  limitList: LimitView[] = [];
  breakerList: BreakerView[] = [];
  readonly inquiry = new Inquiry(
    new State({
      epoch: 1,
      firstEpoch: true,
      startedAt: { wallMs: 0, monotonicMs: 0 },
      random: () => 0,
    }),
  );

  leases = (): Iterable<LeaseView> => this.leaseList;
  nodes = (): Iterable<NodeView> => this.nodeList;
  images = (): Iterable<ImageView> => this.imageList;
  limits = (): Iterable<LimitView> => this.limitList;
  breakers = (): Iterable<BreakerView> => this.breakerList;
  lease = (id: string): LeaseView | undefined => this.leaseList.find((lease) => lease.id === id);
}
