// What is in the cluster, whatever kind it is, and how a release is taken away with everything that users keep.

import { defaultPullNamespace } from '../../../shared/names.ts';
import type { Kube } from './kube.ts';
import type { Release } from './release.ts';
import { releaseNamespace } from './release.ts';
import { until } from './until.ts';

const goneDeadlineMs = 120_000;
// Events outlive what they tell of by an hour.
const passingKinds: readonly string[] = ['events', 'events.events.k8s.io'];

/** `KIND NAMESPACE/NAME` of every object of the cluster. */
export async function listObjects(kube: Kube): Promise<readonly string[]> {
  const listable = ['api-resources', '--verbs=list', '-o', 'name'];
  const resources = (await kube.kubectl(listable)).trim().split('\n');
  const kinds = resources.filter((name) => !passingKinds.includes(name)).join(',');
  const line = '{.kind} {.metadata.namespace}/{.metadata.name}{"\\n"}';
  const format = `jsonpath={range .items[*]}${line}{end}`;
  const all = await kube.kubectl(['get', kinds, '--all-namespaces', '-o', format]);
  return [...new Set(all.trim().split('\n'))].sort();
}

/** Uninstalls, and removes what users keep: CachedImages with their kinds, and the release namespace. */
export async function removeRelease(release: Release): Promise<void> {
  const { kube } = release;
  await kube.kubectl(['delete', 'cachedimages,pullpolicies', '--all']).catch(() => undefined);
  await release.uninstall();
  await kube.kubectl(['delete', 'namespace', releaseNamespace, '--ignore-not-found']);
  const kinds = await kube.kubectl(['get', 'crd', '-o', 'name']);
  const own = kinds.split('\n').filter((name) => name.endsWith('.forehold.dev'));
  if (own.length > 0) await kube.kubectl(['delete', ...own]);
  await until('nothing of Forehold is left', goneDeadlineMs, async () => {
    const left = await kube.kubectl([
      'get',
      'namespaces',
      '--ignore-not-found',
      '-o',
      'name',
      defaultPullNamespace,
      releaseNamespace,
    ]);
    return left.trim() === '';
  });
}
