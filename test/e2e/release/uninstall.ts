// `helm uninstall` with pulls under way: it ends, and nothing is left of the release but its kinds.

import { expect, test } from 'vitest';
import { apiGroup, apiVersion } from '../../../shared/names.ts';
import { slowSize, withRate } from '../cases/pulls.ts';
import { releaseNamespace } from '../harness/release.ts';
import { listObjects } from '../harness/release-remains.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import { printFigure } from '../harness/skip.ts';
import { until } from '../harness/until.ts';

const pullDeadlineMs = 60_000;

export function testUninstall(stack: () => ReleaseStack): void {
  test('helm uninstall in mid-pull leaves nothing but the kinds', async () => {
    const { images, release, nodes, pods, kube } = stack();
    await images.deleteAll();
    await kube.kubectl(['delete', 'cachedimages', 'hello-forehold', '--ignore-not-found']);
    const image = await images.push('last', slowSize(stack(), 2, 8));
    await withRate(stack(), '16mbit', async () => {
      await images.want({ last: { image: image.name } });
      await until(
        'every node has a pull pod',
        pullDeadlineMs,
        () => pods.of(image.reference).length === nodes.length,
      );
      await images.deleteAll();
      const startedAtMs = performance.now();
      await release.uninstall();
      printFigure('seconds_helm_uninstall', ((performance.now() - startedAtMs) / 1_000).toFixed(1));
    });
    const left = (await listObjects(kube)).filter((name) => !stack().before.includes(name));
    expect(left.filter((name) => !isExpected(name))).toEqual([]);
    // A pull pod whose object went before the kubelet was done would have been deleted by force.
    expect(pods.of(image.reference).every((pod) => pod.goneAtMs !== undefined)).toBe(true);
  });
}

/** The kinds (and what the API server makes of them), and the release namespace that the user made, with what every namespace has. */
function isExpected(name: string): boolean {
  return (
    /^CustomResourceDefinition \/[a-z]+\.forehold\.dev$/.test(name) ||
    name === `APIService /${apiVersion}.${apiGroup}` ||
    name === `Namespace /${releaseNamespace}` ||
    name === `ServiceAccount ${releaseNamespace}/default` ||
    name === `ConfigMap ${releaseNamespace}/kube-root-ca.crt`
  );
}
