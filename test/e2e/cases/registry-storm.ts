// A registry that refuses everything by 429 for half a minute, beside one that works: a second front, so that its nodes
// are the same and only the registry differs. What it was asked is counted there.

import { expect, onTestFinished, test } from 'vitest';
import { Images, type TestImage } from '../harness/images.ts';
import { readMetric } from '../harness/metric.ts';
import type { Part } from '../harness/part.ts';
import { openRegistryFront, type RegistryFront } from '../harness/registry-front.ts';
import { printFigure, skipBecause, skipWithout } from '../harness/skip.ts';
import type { Stack } from '../harness/stack.ts';
import { until } from '../harness/until.ts';
import { expectFetchedOnce, expectOnePodPerNode } from './pulls.ts';

const size = { layers: 2, layerBytes: 1_048_576 };
const imageCount = 4;
const stormMs = 30_000;
// The breaker opens after failures on two nodes; by then each node has tried once, one of them perhaps twice. It opens
// for 5 to 10 s, then for 10 to 20 s: at most three nodes try in half a minute.
const maxTries = 7;
// containerd asks again by itself after 429, several times for each of HEAD and GET.
const maxRequestsPerTry = 14;
// The longest rest that three openings in a row can have come to is 40 s.
const recoveryMs = 90_000;

export function testRegistryStorm(stack: () => Stack): void {
  test('a registry that answers 429 rests, is asked seldom, and disturbs no other', async (context) => {
    skipWithout(context, 'grpcurl');
    const { environment, folder, front } = stack();
    if (typeof front === 'string') return skipBecause(context, front);
    const limited = await openRegistryFront(environment, folder);
    if (typeof limited === 'string') return skipBecause(context, limited);
    onTestFinished(() => limited.stop());
    const { images, wanted } = await pushToLimited(stack(), limited);
    const calmSeconds = await timeOther(stack(), 'calm');

    await limited.refuse(429);
    const sinceMs = performance.now();
    const specs = wanted.map((image, index) => [`storm-${index}`, { image: image.name }] as const);
    await images.want(Object.fromEntries(specs));
    await until('the breaker is open', stormMs, () => isOpen(stack(), limited, wanted));
    printFigure('seconds_storm_to_open', ((performance.now() - sinceMs) / 1_000).toFixed(1));
    const besideSeconds = await timeOther(stack(), 'beside');
    printFigure('seconds_other_registry', `${besideSeconds}, in calm ${calmSeconds}`);
    await until('the storm is over', 2 * stormMs, () => performance.now() - sinceMs > stormMs);
    await expectFewRequests(stack(), limited, wanted);

    await limited.accept();
    await limited.resetCounts();
    const calmAtMs = performance.now();
    for (const [name] of specs) await images.waitUntilReady(name, recoveryMs);
    printFigure('seconds_calm_to_warm', ((performance.now() - calmAtMs) / 1_000).toFixed(1));
    await expectFetchedOnce({ ...stack(), front: limited }, wanted);
    expect(await readBreaker(stack().programs.coordinator, limited.address)).toBeUndefined();
  });
}

interface Wanted {
  readonly images: Images;
  readonly wanted: readonly TestImage[];
}

async function pushToLimited(
  { environment, kube, nodes }: Stack,
  limited: RegistryFront,
): Promise<Wanted> {
  const images = new Images(kube, {
    registry: environment.registry,
    pullFrom: limited.address,
    architecture: nodes[0]?.status?.nodeInfo?.architecture ?? 'amd64',
  });
  onTestFinished(() => images.deleteAll());
  const names = Array.from({ length: imageCount }, (_, index) => `storm-${index}`);
  return { images, wanted: await Promise.all(names.map((name) => images.push(name, size))) };
}

/** Seconds until an image of the other registry is Ready everywhere, by one pod per node. */
async function timeOther(stack: Stack, name: string): Promise<string> {
  const { front, images } = stack;
  const image = await images.push(name, size);
  if (typeof front !== 'string') await front.resetCounts();
  const startedAtMs = performance.now();
  await images.want({ [name]: { image: image.name } });
  onTestFinished(() => images.delete(name));
  await images.waitUntilReady(name, stormMs);
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  await expectOnePodPerNode(stack, image);
  await expectFetchedOnce(stack, [image]);
  return seconds;
}

/** Said by the metric, and of each image that no node tries any more. */
async function isOpen(
  { inspector, programs }: Stack,
  limited: RegistryFront,
  wanted: readonly TestImage[],
): Promise<boolean> {
  if ((await readBreaker(programs.coordinator, limited.address)) !== '1') return false;
  const [last] = wanted.slice(-1);
  const reasons = await inspector.explain(last?.reference ?? '');
  return (reasons.get('REASON_REGISTRY_CIRCUIT_OPEN') ?? 0) > 0;
}

/** 1 open, 0.5 half-open, undefined closed. */
function readBreaker(coordinator: Part, registry: string): Promise<string | undefined> {
  return readMetric(coordinator, `forehold_registry_breaker{registry="${registry}"}`);
}

async function expectFewRequests(
  { nodes, pods }: Stack,
  limited: RegistryFront,
  wanted: readonly TestImage[],
): Promise<void> {
  const { requests } = await limited.counts();
  const tries = wanted.flatMap((image) => pods.of(image.reference)).length;
  const pairs = wanted.length * nodes.length;
  printFigure('storm_requests', `${requests} in ${tries} tries, for ${pairs} pairs`);
  expect(tries).toBeLessThanOrEqual(maxTries);
  expect(requests).toBeLessThanOrEqual(tries * maxRequestsPerTry);
}
