// A node that falls silent in mid-pull, frozen or killed: its slot stays taken, because its pull may well go on; the
// others go on with the slots that are left; and when it is back the same pull ends, by the same pod.

import { expect, onTestFinished, test } from 'vitest';
import type { Node } from '../../../shared/kube-types.ts';
import { apiGroup, apiVersion } from '../../../shared/names.ts';
import { type NodeTrouble, troubleNode } from '../harness/bed-nodes.ts';
import type { Testbed } from '../harness/environment.ts';
import type { TestImage } from '../harness/images.ts';
import { countPeak } from '../harness/pod-watch.ts';
import type { RegistryFront } from '../harness/registry-front.ts';
import { printFigure, skipBecause, skipWithout } from '../harness/skip.ts';
import type { Stack } from '../harness/stack.ts';
import { until } from '../harness/until.ts';
import { expectFetchedOnce, expectOnePodPerNode, slowSize, withRate } from './pulls.ts';

// Of three nodes, so that a slot given back too early would be seen, and one is left for the others.
const slots = 2;
// Long past NotReady (20 s on the test bed at NODE_GRACE=20s, 50 s by default).
const silenceMs = 45_000;
const deadlineMs = 90_000;

interface Trouble {
  readonly trouble: NodeTrouble;
  readonly title: string;
}

/** The part of the stack that cannot be done without, and what this is about. */
interface Scene {
  readonly stack: Stack;
  readonly testbed: Testbed;
  readonly front: RegistryFront;
  readonly trouble: NodeTrouble;
  readonly image: TestImage;
}

const troubles: readonly Trouble[] = [
  { trouble: 'freeze', title: 'frozen and thawed' },
  { trouble: 'kill', title: 'killed and started again' },
];

export function testNodeTrouble(stack: () => Stack): void {
  test.for(troubles)(
    'a node $title in mid-pull keeps its slot, and nothing is pulled twice',
    async ({ trouble }, context) => {
      skipWithout(context, 'grpcurl');
      const { environment, front, images, nodes } = stack();
      const { testbed } = environment;
      if (typeof front === 'string') return skipBecause(context, front);
      if (testbed === undefined) return skipBecause(context, 'this is not the test bed');
      if (nodes.length <= slots) return skipBecause(context, `it takes more than ${slots} nodes`);
      await applyPolicy(stack(), trouble);
      const image = await images.push(trouble, slowSize(stack(), 3, 8));
      await front.resetCounts();
      await withRate(stack(), '16mbit', () =>
        play({ stack: stack(), testbed, front, trouble, image }),
      );
    },
  );
}

async function applyPolicy(stack: Stack, trouble: NodeTrouble): Promise<void> {
  const { images, kube, nodes } = stack;
  const name = policyName(trouble);
  const kind = { apiVersion: `${apiGroup}/${apiVersion}`, kind: 'PullPolicy' };
  const policy = { ...kind, metadata: { name }, spec: { maxConcurrentNodes: slots } };
  onTestFinished(async () => {
    for (const { metadata } of nodes)
      await until(`${metadata.name} is Ready`, deadlineMs, () => isNodeReady(stack, metadata.name));
    await images.delete(trouble);
    await kube.kubectl(['delete', 'pullpolicies', '--ignore-not-found', name]);
  });
  await kube.apply(JSON.stringify(policy));
}

function policyName(trouble: NodeTrouble): string {
  return `e2e-${trouble}`;
}

async function play(scene: Scene): Promise<void> {
  const { stack, testbed, trouble, image } = scene;
  const { images, pods } = stack;
  const policyRef = { name: policyName(trouble) };
  await images.want({ [trouble]: { image: image.name, policyRef } });
  const victim = await waitForPull(scene);
  const endTrouble = await troubleNode(testbed, victim, trouble);
  const sinceMs = performance.now();
  await watchSilence(scene, victim);
  await endTrouble();
  const backAtMs = performance.now();
  await waitUntilWarm(scene);
  printFigure(`seconds_of_${trouble}`, ((backAtMs - sinceMs) / 1_000).toFixed(1));
  const warmSeconds = (performance.now() - backAtMs) / 1_000;
  printFigure(`seconds_from_end_of_${trouble}_to_warm`, warmSeconds.toFixed(1));
  await until('every pull ended', deadlineMs, () =>
    pods.of(image.reference).every((pod) => pod.terminalAtMs !== undefined),
  );
  await expectOnePodPerNode(stack, image);
  expect(countPeak(pods.of(image.reference))).toBe(slots);
  await expectFetches(scene);
}

/** Until the first node fetches layers; resolves with its name. */
async function waitForPull({ stack, front, image }: Scene): Promise<string> {
  await until('a node fetches layers', deadlineMs, async () => {
    const { blobsByNode } = await front.counts();
    return [...blobsByNode.values()].some((blobs) => blobs > 1);
  });
  const [first] = stack.pods.of(image.reference);
  if (first === undefined) throw new Error('layers are fetched, but no pod was seen');
  expect(first.terminalAtMs).toBeUndefined();
  return first.nodeName;
}

/** Until the others have pulled and the silence was long enough: all the while the lease is held. */
async function watchSilence(scene: Scene, victim: string): Promise<void> {
  const { stack, trouble, image } = scene;
  const { images, inspector, nodes, pods } = stack;
  const sinceMs = performance.now();
  const looks: string[] = [];
  await until('the others have pulled, and the node is NotReady', deadlineMs, async () => {
    const leases = await inspector.leases(image.reference);
    const own = leases.filter((lease) => lease.nodeName === victim);
    looks.push(own.map((lease) => lease.phase).join(' '));
    const ended = pods.of(image.reference).filter((pod) => pod.terminalAtMs !== undefined);
    if (ended.length < nodes.length - 1 || performance.now() - sinceMs < silenceMs) return false;
    return !(await isNodeReady(stack, victim));
  });
  printFigure(`looks_at_the_lease_during_${trouble}`, looks.length);
  // Suspect it is only when its node has not been Ready for five minutes.
  expect(new Set(looks)).toEqual(new Set(['LEASE_PHASE_HELD']));
  const rows = await inspector.limits();
  const row = rows.find(({ limit }) => limit === `policy/${policyName(trouble)}/image`);
  expect(row).toMatchObject({ per: 'image', inUse: 1, slots });
  // A node that is not Ready is no target node, whatever it pulls.
  const others = nodes.length - 1;
  expect((await images.status(trouble)).ready).toBe(`${others}/${others}`);
}

/** Until every node has the image, the one that was silent too. */
async function waitUntilWarm({ stack, trouble }: Scene): Promise<void> {
  const { images, nodes } = stack;
  await until('every node has the image', deadlineMs, async () => {
    const { ready } = await images.status(trouble);
    if (ready === `${nodes.length}/${nodes.length}`) return true;
    throw new Error(`${ready} have it`);
  });
}

async function isNodeReady({ kube }: Stack, name: string): Promise<boolean> {
  const { status } = await kube.get<Node>(`/api/v1/nodes/${name}`);
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}

/** A frozen node goes on where it stood; a killed one may ask once more for what it had not finished. */
async function expectFetches({ stack, front, image, trouble }: Scene): Promise<void> {
  const { requests, blobsByNode } = await front.counts();
  const blobs = [...blobsByNode.values()].sort((left, right) => left - right);
  printFigure(`requests_of_${trouble}`, `${requests} (blobs by node: ${blobs.join(' ')})`);
  if (trouble === 'freeze') return expectFetchedOnce(stack, [image]);
  expect(blobs.slice(0, -1)).toEqual(stack.nodes.slice(1).map(() => image.blobs));
  expect(blobs.at(-1)).toBeLessThanOrEqual(2 * image.blobs);
}
