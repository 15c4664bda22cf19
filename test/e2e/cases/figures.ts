// Measurements beside the proofs: memory, API requests per pull, and what Forehold adds to the time of a bare pull.

import { expect, test } from 'vitest';
import { defaultPullNamespace } from '../../../shared/names.ts';
import { type AuditMark, markAuditLog, sumRequests } from '../harness/audit-log.ts';
import { barePodSpec } from '../harness/cluster-setup.ts';
import { printFigure, skipBecause } from '../harness/skip.ts';
import type { Stack } from '../harness/stack.ts';
import { until } from '../harness/until.ts';

const mebibyte = 1_048_576;
const size = { layers: 8, layerBytes: 10 * mebibyte };
const readyDeadlineMs = 90_000;
// The agent keeps a finished pod until node status shows the image, at most 90 s (ARCHITECTURE.md).
const outboxDeadlineMs = 150_000;
// ARCHITECTURE.md, numbers.
const maxRequestsPerPull = 3;
// First sight, pulling, ready, and the counters that follow.
const maxStatusWrites = 5;
const maxAgentMib = 80;

/** Where counting began; undefined when nothing counts requests here. */
export interface ApiUse {
  readonly audit: AuditMark | undefined;
  readonly pulls: number;
}

export async function markApiUse(stack: Stack): Promise<ApiUse> {
  return {
    audit: await markAuditLog(stack.environment, stack.programs.systemNamespace),
    pulls: countPulls(stack),
  };
}

// Bare pods of the comparison are none of Forehold's.
function countPulls(stack: Stack): number {
  return stack.pods.all().filter((pod) => pod.name.startsWith('pull-')).length;
}

/** Images pulled since then; each has one CachedImage. */
function countWanted(stack: Stack, pullsBefore: number): number {
  const pulls = stack.pods.all().filter((pod) => pod.name.startsWith('pull-'));
  return new Set(pulls.slice(pullsBefore).map((pod) => pod.image)).size;
}

export function testTime(stack: () => Stack): void {
  test('an image is Ready about as soon as three bare pods have pulled one of the same size', async () => {
    const { images, nodes } = stack();
    const ours = await images.push('timed', size);
    const bare = await images.push('timed-bare', size);
    const bareSeconds = await timeBarePods(stack(), bare.reference);
    const startedAtMs = performance.now();
    await images.want({ timed: { image: ours.name } });
    const status = await images.waitUntilReady('timed', readyDeadlineMs);
    const ourSeconds = (performance.now() - startedAtMs) / 1_000;
    expect(status.ready).toBe(`${nodes.length}/${nodes.length}`);
    printFigure('megabytes_of_the_timed_image', Math.round(ours.sizeBytes / 1_000_000));
    printFigure('seconds_apply_to_ready', ourSeconds.toFixed(1));
    printFigure('seconds_bare_pods', bareSeconds.toFixed(1));
  });
}

export function testFrugality(stack: () => Stack, before: () => ApiUse): void {
  test('finished pull pods are cleared away, and requests per pull stay within the bound', async (context) => {
    await until('no pull pod is left', outboxDeadlineMs, async () => {
      const all = await stack().kube.pods(defaultPullNamespace);
      // Agents of a release live there as well.
      const pods = all.filter((pod) => pod.metadata.name.startsWith('pull-'));
      if (pods.length === 0) return true;
      throw new Error(`${pods.length} are left, such as ${pods[0]?.metadata.name}`);
    });
    const { audit, pulls: pullsBefore } = before();
    const counts = await audit?.count();
    if (counts === undefined || counts.size === 0)
      return skipBecause(context, 'the API server writes no audit log (test bed: AUDIT=1)');
    const pulls = countPulls(stack()) - pullsBefore;
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    // Leadership is kept at so many requests a minute, whether there is a pull or none.
    const requests = all - sumRequests(counts, 'coordinator update leases');
    const statusWrites = sumRequests(counts, 'coordinator patch');
    const kinds = [...counts].map(([kind, count]) => `${kind} ${count}`);
    printFigure('api_requests', `${kinds.sort().join(', ')} (${pulls} pulls)`);
    printFigure('api_requests_per_pull', (requests / pulls).toFixed(2));
    const perPull = (requests - statusWrites) / pulls;
    printFigure('api_requests_per_pull_without_status', perPull.toFixed(2));
    // Status writes come per image and not per pull: on one to three nodes nothing amortises them.
    expect(perPull).toBeLessThanOrEqual(maxRequestsPerPull);
    expect(statusWrites / countWanted(stack(), pullsBefore)).toBeLessThanOrEqual(maxStatusWrites);
  });

  test('an agent stays within its memory', async () => {
    const { coordinator, agents, form } = stack().programs;
    printFigure('program_form', form);
    printFigure('coordinator_rss_mib', (await coordinator.residentMib()).toFixed(1));
    const agentMib = await Promise.all([...agents.values()].map((part) => part.residentMib()));
    printFigure('agent_rss_mib', agentMib.map((mib) => mib.toFixed(1)).join(' '));
    // Without bundles, type stripping alone costs 15-17 MiB (style.md 4.4).
    if (form !== 'sources') expect(Math.max(...agentMib)).toBeLessThanOrEqual(maxAgentMib);
  });
}

/** Seconds from `kubectl apply` of one plain pod per node until all have ended; the pods are gone afterwards. */
async function timeBarePods(stack: Stack, reference: string): Promise<number> {
  const { kube, nodes, pods } = stack;
  const items = nodes.map(({ metadata: { name } }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `bare-${name}`, namespace: defaultPullNamespace },
    spec: barePodSpec(name, reference),
  }));
  const startedAtMs = performance.now();
  await kube.kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
  await until('every bare pod ended', readyDeadlineMs, () => {
    const ended = pods.of(reference).filter((pod) => pod.terminalAtMs !== undefined);
    return ended.length === nodes.length;
  });
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const names = items.map((item) => item.metadata.name);
  await kube.kubectl(['delete', 'pods', '-n', defaultPullNamespace, ...names, '--wait=true']);
  return seconds;
}
