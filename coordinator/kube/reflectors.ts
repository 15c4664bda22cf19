// What the coordinator watches: nodes, the pull pods of its namespace, CachedImages and PullPolicies; each turned into the
// core's events.

import type { Clock } from '../../shared/clock.ts';
import type { KubeClient } from '../../shared/kube-client.ts';
import type { Log } from '../../shared/log.ts';
import { labels, managedBy } from '../../shared/names.ts';
import { runReflector } from '../../shared/reflector.ts';
import type { CachedImageObject, Event, PullPolicyObject } from '../core/events.ts';
import { cachedImagesPath, nodesPath, podsPath, pullPoliciesPath } from './paths.ts';
import { trimCustomObject, trimNode, trimPod } from './trim.ts';

export interface ReflectorsOptions {
  readonly kube: KubeClient;
  readonly pullNamespace: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onEvent: (event: Event) => void;
}

/** Resolves when the signal aborts, and only then. */
export async function runReflectors(
  options: ReflectorsOptions,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([
    followNodes(options, signal),
    followPods(options, signal),
    followImages(options, signal),
    followPolicies(options, signal),
  ]);
}

function followNodes(options: ReflectorsOptions, signal: AbortSignal): Promise<void> {
  const { kube: client, clock, random, log, onEvent } = options;
  return runReflector(
    {
      client,
      path: nodesPath,
      trim: trimNode,
      // Each of them meets every image: a second of work in a large cluster, in which leadership could not be renewed.
      tellsPages: true,
      clock,
      random,
      log,
      onEvent: (event) => {
        if (event.kind === 'listed') onEvent({ kind: 'nodesListed', nodes: event.objects });
        else if (event.kind === 'seen') onEvent({ kind: 'nodeSeen', node: event.object });
        else onEvent({ kind: 'nodeGone', uid: event.object.uid });
      },
    },
    signal,
  );
}

function followPods(options: ReflectorsOptions, signal: AbortSignal): Promise<void> {
  const { kube: client, clock, random, log, onEvent } = options;
  return runReflector(
    {
      client,
      path: podsPath(options.pullNamespace),
      query: { labelSelector: `${labels.managedBy}=${managedBy}` },
      trim: trimPod,
      clock,
      random,
      log,
      onEvent: (event) => {
        if (event.kind === 'listed') onEvent({ kind: 'podsListed', pods: event.objects });
        else if (event.kind === 'seen') onEvent({ kind: 'podSeen', pod: event.object });
        else onEvent({ kind: 'podGone', pod: event.object });
      },
    },
    signal,
  );
}

function followImages(options: ReflectorsOptions, signal: AbortSignal): Promise<void> {
  const { kube: client, clock, random, log, onEvent } = options;
  return runReflector(
    {
      client,
      path: cachedImagesPath,
      trim: (object: CachedImageObject) => trimCustomObject(object),
      clock,
      random,
      log,
      onEvent: (event) => {
        if (event.kind === 'listed') onEvent({ kind: 'imagesListed', images: event.objects });
        else if (event.kind === 'seen') onEvent({ kind: 'imageSeen', image: event.object });
        else onEvent({ kind: 'imageGone', name: event.object.metadata.name });
      },
    },
    signal,
  );
}

function followPolicies(options: ReflectorsOptions, signal: AbortSignal): Promise<void> {
  const { kube: client, clock, random, log, onEvent } = options;
  return runReflector(
    {
      client,
      path: pullPoliciesPath,
      trim: (object: PullPolicyObject) => trimCustomObject(object),
      clock,
      random,
      log,
      onEvent: (event) => {
        if (event.kind === 'listed') onEvent({ kind: 'policiesListed', policies: event.objects });
        else if (event.kind === 'seen') onEvent({ kind: 'policySeen', policy: event.object });
        else onEvent({ kind: 'policyGone', name: event.object.metadata.name });
      },
    },
    signal,
  );
}
