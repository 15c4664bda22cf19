// One suite for the embedded cluster and for real ones: every behaviour of API server and kubelet that Forehold or its
// tests rely on. A case that fails on one side only is a lie in the embedded cluster, or a wrong belief about Kubernetes.

import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { describeEventCases } from './cases/event.ts';
import { describeKindCases } from './cases/kind.ts';
import { describeNodeCases } from './cases/node.ts';
import { describeObjectCases } from './cases/object.ts';
import { describeDeletionCases } from './cases/pod-deletion.ts';
import { describePullCases } from './cases/pull.ts';
import { describeReviewCases } from './cases/review.ts';
import { describeWatchCases } from './cases/watch.ts';
import type { ConformanceCluster } from './cluster.ts';
import { Workbench } from './workbench.ts';

/** Registers the suite; `openCluster` is called once, before its first case. */
export function describeConformance(
  name: string,
  openCluster: () => Promise<ConformanceCluster>,
): void {
  describe(`conformance of ${name}`, () => {
    let bench: Workbench | undefined;
    beforeAll(async () => {
      bench = new Workbench(await openCluster());
    }, 120_000);
    afterEach(async () => {
      await bench?.clean();
    }, 120_000);
    afterAll(async () => {
      await bench?.close();
    }, 120_000);
    const open = (): Workbench => {
      if (bench === undefined) throw new Error('cannot run a case: the cluster did not open');
      return bench;
    };
    describeObjectCases(open);
    describeWatchCases(open);
    describeKindCases(open);
    describeNodeCases(open);
    describeReviewCases(open);
    describePullCases(open);
    describeDeletionCases(open);
    describeEventCases(open);
  });
}
