// What a kubelet makes of a pull pod that is left alone.

import { describe, expect, test } from 'vitest';
import { normaliseImageReference, parseImageReference } from '../../../shared/image-ref.ts';
import type { ContainerImage, Node } from '../../../shared/kube-types.ts';
import { nowhere, type Workbench } from '../workbench.ts';

const imageIdPattern = /@sha256:[0-9a-f]{64}$/;

export function describePullCases(open: () => Workbench): void {
  describe('pull pod', () => {
    test('succeeds when the image is there, and names its digest', async () => {
      const bench = open();
      const image = await bench.cluster.image('plain');
      const observer = await bench.startPod({ image });
      await observer.untilPhase('Succeeded');
      expect(observer.container?.imageID).toMatch(imageIdPattern);
      expect(observer.container?.state?.terminated).toMatchObject({
        exitCode: 0,
        reason: 'Completed',
      });
      const phases = observer.states.map((pod) => pod.status?.phase);
      expect([...new Set(phases)]).toEqual(['Pending', 'Running', 'Succeeded']);
    });

    test('leaves the image in node status, by digest and by tag', async () => {
      const bench = open();
      // The status has the 50 largest images of a node only.
      const image = await bench.cluster.image('large');
      const observer = await bench.startPod({ image });
      await observer.untilPhase('Succeeded');
      const names = (await untilImageListed(bench, image)).names ?? [];
      const { registry, repository } = parseImageReference(image);
      const digest = observer.container?.imageID?.split('@')[1];
      expect(names).toEqual([
        `${registry}/${repository}@${digest}`,
        normaliseImageReference(image),
      ]);
    });

    test('waits in ContainerCreating before the pull, without an imageID', async () => {
      const bench = open();
      const observer = await bench.startPod({ image: await bench.cluster.image('plain') });
      const creating = await observer.untilWaiting('ContainerCreating');
      expect(creating.status?.phase).toBe('Pending');
      expect(creating.status?.containerStatuses?.[0]?.imageID).toBe('');
      expect(creating.status?.startTime).toMatch(/Z$/);
    });

    test('fails to start without an executable, when the image is there already', async () => {
      const bench = open();
      const image = await bench.cluster.image('noExecutable');
      const observer = await bench.startPod({ image });
      await observer.untilPhase('Failed');
      expect(observer.container?.imageID).toMatch(imageIdPattern);
      const terminated = observer.container?.state?.terminated;
      expect(terminated).toMatchObject({ reason: 'StartError', exitCode: 128 });
      expect(terminated?.message).toContain('exec: "true": executable file not found in $PATH');
    });

    test('of a missing image backs off, in the words that failures are told apart by', async () => {
      const bench = open();
      const image = await bench.cluster.image('missing');
      const observer = await bench.startPod({ image });
      await observer.untilWaiting('ErrImagePull');
      const message = waitingMessage(observer.container);
      expect(message).toContain(`failed to pull and unpack image "${image}"`);
      expect(message).toMatch(/code = NotFound .* not found$/);
      await observer.untilWaiting('ImagePullBackOff');
      expect(waitingMessage(observer.container)).toBe(
        `Back-off pulling image "${image}": ErrImagePull: ${message}`,
      );
      expect(observer.pod.status?.phase).toBe('Pending');
      expect(observer.container?.imageID).toBe('');
    });

    test('with policy Never of an absent image says so and pulls nothing', async () => {
      const bench = open();
      const image = await bench.cluster.image('plain');
      const observer = await bench.startPod({ image, policy: 'Never' });
      await observer.untilWaiting('ErrImageNeverPull');
      expect(waitingMessage(observer.container)).toBe(
        `Container image "${image}" is not present with pull policy of Never`,
      );
    });

    test('with policy Never of a present image succeeds', async () => {
      const bench = open();
      const image = await bench.presentImage();
      const observer = await bench.startPod({ image, policy: 'Never' });
      await observer.untilPhase('Succeeded');
      expect(observer.container?.imageID).toMatch(imageIdPattern);
    });

    test('with a name that is none says so', async () => {
      const bench = open();
      const observer = await bench.startPod({ image: 'NOT AN IMAGE' });
      await observer.untilWaiting('InvalidImageName');
      expect(waitingMessage(observer.container)).toContain(
        'couldn\'t parse image name "NOT AN IMAGE"',
      );
    });

    test('that a node cannot take is rejected with the reason', async () => {
      const bench = open();
      const observer = await bench.startPod({
        image: await bench.presentImage(),
        nodeSelector: { conformance: 'no-node-has-this' },
      });
      await observer.untilPhase('Failed');
      expect(observer.pod.status).toMatchObject({
        reason: 'NodeAffinity',
        message:
          "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
      });
      expect(observer.pod.status?.containerStatuses).toBeUndefined();
    });

    test('of a node that does not exist stays as it was created', async () => {
      const bench = open();
      const observer = await bench.startPod({ image: 'a.example/b:1', node: nowhere });
      await bench.liveOnePod(bench.node(0));
      expect(observer.states.map((pod) => pod.status?.phase)).toEqual(['Pending']);
      expect(observer.container).toBeUndefined();
    });
  });

  describe('slow pull', () => {
    test('holds up every other pull of its node, but not images that are there', async (context) => {
      const bench = open();
      const slowDown = bench.cluster.setSlowPulls;
      if (slowDown === undefined) return context.skip('pulls cannot be slowed here');
      const present = await bench.presentImage();
      await slowDown(true);
      const slow = await bench.startPod({ image: await bench.cluster.image('large') });
      await slow.untilWaiting('ContainerCreating');
      await bench.liveOnePod(bench.node(0));
      const queued = await bench.startPod({ image: await bench.cluster.image('plain') });
      await queued.untilWaiting('ContainerCreating');
      // Policy Always asks the registry, in the queue; IfNotPresent does not pull at all.
      const asking = await bench.startPod({ image: present, policy: 'Always' });
      await bench.liveOnePod(bench.node(0));
      const elsewhere = await bench.startPod({
        image: await bench.cluster.image('plain'),
        node: bench.node(1),
      });
      await elsewhere.untilPhase('Succeeded');
      for (const { pod } of [slow, queued, asking]) expect(pod.status?.phase).toBe('Pending');
      await slowDown(false);
      for (const observer of [slow, queued, asking]) await observer.untilPhase('Succeeded');
    });
  });
}

/** The entry of a large image in the status of the first node. */
export function untilImageListed(bench: Workbench, image: string): Promise<ContainerImage> {
  const path = `/api/v1/nodes/${bench.node(0)}`;
  const wanted = normaliseImageReference(image);
  return bench.eventually(90_000, async () => {
    const node = await bench.request<Node>({ method: 'GET', path });
    const found = node.status?.images?.find(({ names }) => names?.includes(wanted));
    if (found === undefined)
      throw new Error(`${wanted} is not in the status of ${node.metadata.name}`);
    return found;
  });
}

function waitingMessage(
  container: { readonly state?: { readonly waiting?: { readonly message?: string } } } | undefined,
): string {
  return container?.state?.waiting?.message ?? '';
}
