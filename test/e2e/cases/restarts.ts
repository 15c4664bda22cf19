// SIGKILL in mid-pull: nothing is lost and nothing is pulled twice, counted at the registry and from the pod watch.

import { expect, test } from 'vitest';
import type { TestImage } from '../harness/images.ts';
import { type AfterKill, everyPart } from '../harness/part.ts';
import { type Stack, waitUntilReady } from '../harness/stack.ts';
import { until } from '../harness/until.ts';
import { expectFetchedOnce, expectOnePodPerNode, slowSize, withRate } from './pulls.ts';

const mebibyte = 1_048_576;
// After its start a coordinator waits 17 s before it offers (offerTtl + maxClockSkew).
const readyDeadlineMs = 120_000;

type Victims = 'agent' | 'coordinator' | 'both';

interface Restart {
  readonly victims: Victims;
  /** Started again in mid-pull, or only when every pull had ended and nobody of ours had seen it. */
  readonly again: 'at once' | 'after the pulls';
}

const restarts: readonly Restart[] = [
  { victims: 'agent', again: 'at once' },
  { victims: 'coordinator', again: 'at once' },
  { victims: 'both', again: 'after the pulls' },
];

export function testRestarts(stack: () => Stack): void {
  test.for(restarts)(
    '$victims killed in mid-pull and started $again: nothing lost, nothing twice',
    async ({ victims, again }) => {
      const { images, pods, front } = stack();
      const running = await images.push(`running-${victims}`, slowSize(stack(), 3, 8));
      const waiting = await images.push(`waiting-${victims}`, { layers: 1, layerBytes: mebibyte });
      if (typeof front !== 'string') await front.resetCounts();
      await withRate(stack(), '16mbit', async () => {
        // The second waits its turn: one pull per node.
        await images.want({
          [`running-${victims}`]: { image: running.name, priority: 1 },
          [`waiting-${victims}`]: { image: waiting.name, priority: 2 },
        });
        await waitForEveryPull(stack(), running);
        await kill(stack(), victims, again === 'at once' ? 'comesBack' : 'staysDown');
        if (again === 'after the pulls')
          await until('every pull ended', readyDeadlineMs, () =>
            pods.of(running.reference).every((pod) => pod.terminalAtMs !== undefined),
          );
        else expect(pods.of(running.reference).some((pod) => pod.terminalAtMs)).toBe(false);
        await startAgain(stack());
        await images.waitUntilReady(`running-${victims}`, readyDeadlineMs);
        await images.waitUntilReady(`waiting-${victims}`, readyDeadlineMs);
      });
      await expectOnePodPerNode(stack(), running);
      await expectOnePodPerNode(stack(), waiting);
      await expectFetchedOnce(stack(), [running, waiting]);
    },
  );
}

/** Until every node has its pod, unfinished, and where it can be seen its kubelet has begun to fetch. */
async function waitForEveryPull(stack: Stack, image: TestImage): Promise<void> {
  const { front, nodes, pods } = stack;
  await until('every node pulls', readyDeadlineMs, async () => {
    if (pods.of(image.reference).length < nodes.length) return false;
    if (typeof front === 'string') return true;
    return [...(await front.counts()).manifestsByNode.values()].length === nodes.length;
  });
  expect(pods.of(image.reference).some((pod) => pod.terminalAtMs)).toBe(false);
}

async function kill(stack: Stack, victims: Victims, after: AfterKill): Promise<void> {
  const { coordinator, agents } = stack.programs;
  const [firstAgent] = agents.values();
  const killed = {
    agent: firstAgent === undefined ? [] : [firstAgent],
    coordinator: [coordinator],
    both: everyPart(stack.programs),
  };
  await Promise.all(killed[victims].map((part) => part.kill(after)));
}

async function startAgain(stack: Stack): Promise<void> {
  const parts = everyPart(stack.programs);
  await Promise.all(parts.map((part) => part.start()));
  await waitUntilReady(parts);
}
