// The installed release as the cases want it.

import { defaultPullNamespace } from '../../../shared/names.ts';
import { findProgram } from './commands.ts';
import type { Environment } from './environment.ts';
import { root } from './environment.ts';
import { Inspector } from './inspector.ts';
import { InspectorDial } from './inspector-dial.ts';
import type { Kube } from './kube.ts';
import { removeImages } from './node-images.ts';
import { everyPart } from './part.ts';
import { Release, releaseNamespace } from './release.ts';
import { bakeImage, canBake, imageRepository, measureImageMib } from './release-image.ts';
import { listObjects, removeRelease } from './release-remains.ts';
import { printFigure } from './skip.ts';
import { closeGround, namesOf, openGround, type Stack, waitUntilReady } from './stack.ts';
import { until } from './until.ts';

export interface ReleaseStack extends Stack {
  readonly release: Release;
  readonly dial: InspectorDial;
  /** Every object of the cluster before the installation. */
  readonly before: readonly string[];
  /** `performance.now()` at `helm install`; our image was on no node. */
  readonly installedAtMs: number;
  /** From then until coordinator and agents were ready. */
  readonly readySeconds: number;
}

/** The chart's appVersion: what is installed when no value says otherwise. */
const currentTag = '0.1.0';

const rollOutTimeoutMs = 160_000;

/** Why the installed release cannot be tested here; undefined when it can. */
export function findReasonAgainstRelease(environment: Environment): string | undefined {
  if (environment.testbed === undefined) return 'this is not the test bed';
  if (!canBake()) return '../shared/testbed/tools/bake does not exist';
  const missing = ['helm', 'grpcurl'].find((program) => findProgram(program) === undefined);
  return missing === undefined
    ? undefined
    : `${missing} is not on PATH (../shared/testbed/tools/get ${missing})`;
}

// The kubelet lists images each 30 s, and reports each 5 to 10 s.
const statusLagMs = 60_000;

/** An agent would believe a node status that still shows what was taken off its node. */
async function waitUntilUnlisted(kube: Kube, repositories: readonly string[]): Promise<void> {
  await until(`no node lists ${repositories.join(' or ')}`, statusLagMs, async () => {
    const names = (await kube.nodes()).flatMap(({ status }) =>
      (status?.images ?? []).flatMap((image) => image.names ?? []),
    );
    return !names.some((name) => repositories.some((one) => name.includes(`/${one}`)));
  });
}

export async function startRelease(environment: Environment): Promise<ReleaseStack> {
  const { kubeconfig, registry } = environment;
  await bakeImage(root, registry, currentTag);
  printFigure('image_mib', (await measureImageMib(registry, currentTag)).toFixed(1));
  const ground = await openGround(environment);
  const release = new Release({ kube: ground.kube, kubeconfig, registry });
  await removeRelease(release);
  // An image of the same tag from an earlier run would be taken for this one.
  const ours = [imageRepository, 'library/busybox'];
  for (const prefix of ours) await removeImages(environment.testbed, namesOf(ground.nodes), prefix);
  await waitUntilUnlisted(ground.kube, ours);
  const before = await listObjects(ground.kube);
  const installedAtMs = performance.now();
  await release.install();
  const programs = release.programs(namesOf(ground.nodes));
  await waitUntilReady(everyPart(programs));
  const readySeconds = (performance.now() - installedAtMs) / 1_000;
  const dial = new InspectorDial(release, { folder: ground.folder, kubeconfig });
  const stop = async (): Promise<void> => {
    await ground.images.deleteAll().catch(() => undefined);
    await dial.close();
    await removeRelease(release);
    await closeGround(ground);
  };
  return {
    ...ground,
    programs,
    inspector: new Inspector(dial.dial),
    release,
    dial,
    before,
    installedAtMs,
    readySeconds,
    stop,
  };
}

/** Until every pod is of the newest revision, and ready. */
export async function waitForRollOut({ kube, programs }: ReleaseStack): Promise<void> {
  const status = ['rollout', 'status', '--timeout=150s'];
  for (const [what, namespace] of [
    ['deployment/forehold-coordinator', releaseNamespace],
    ['daemonset/forehold-agent', defaultPullNamespace],
  ] as const)
    await kube.kubectl([...status, what, '-n', namespace], undefined, rollOutTimeoutMs);
  await waitUntilReady(everyPart(programs));
}
