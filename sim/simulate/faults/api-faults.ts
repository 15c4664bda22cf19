// What the API server does to its clients: outages, conflicts, forgotten versions, throttling, broken watches, refusals.

import { KubeError, type KubeRequest } from '../../../shared/kube-client.ts';
import type { World } from '../world.ts';
import { type Fault, once, type Struck } from './fault.ts';

function interfere(
  world: World,
  lastsMs: number,
  answer: (request: KubeRequest) => KubeError | undefined,
): Struck {
  world.interferences.add(answer);
  return { target: 'all', lastsMs, mend: () => world.interferences.delete(answer) };
}

function refuse(request: KubeRequest, status: number, reason: string, message: string): KubeError {
  const details = status === 429 ? { details: { retryAfterSeconds: 1 } } : {};
  return new KubeError(`${request.method} ${request.path}: ${message}`, status, {
    code: status,
    reason,
    message,
    ...details,
  });
}

function isWrite({ method }: KubeRequest): boolean {
  return method !== 'GET';
}

function isPodCreate({ method, path }: KubeRequest): boolean {
  return method === 'POST' && path.endsWith('/pods');
}

export const apiFaults: readonly Fault[] = [
  {
    kind: 'apiOutage',
    strike: (world) => {
      const links = world.allLinks();
      for (const link of links) link.refuse();
      world.refuseNewLinks(true);
      const mend = (): void => {
        world.refuseNewLinks(false);
        for (const link of world.allLinks()) if (link.isRefusing) link.restore();
      };
      return { target: 'all', lastsMs: world.draw.between(1_000, 45_000), mend };
    },
  },
  {
    kind: 'api409',
    strike: (world) => {
      const { draw } = world;
      return interfere(world, draw.between(2_000, 10_000), (request) =>
        (request.method === 'PUT' || request.method === 'PATCH') && draw.chance(0.3)
          ? refuse(request, 409, 'Conflict', 'the object has been modified')
          : undefined,
      );
    },
  },
  {
    kind: 'api410',
    strike: (world) => {
      world.cluster.store.forgetHistory();
      for (const link of world.allLinks()) link.breakWatches('connection reset');
      return once('all');
    },
  },
  {
    kind: 'api429',
    strike: (world) => {
      const { draw } = world;
      return interfere(world, draw.between(2_000, 15_000), (request) =>
        draw.chance(0.4)
          ? refuse(request, 429, 'TooManyRequests', 'the server is busy, try again later')
          : undefined,
      );
    },
  },
  {
    kind: 'api500',
    strike: (world) => {
      const { draw } = world;
      return interfere(world, draw.between(2_000, 15_000), (request) =>
        draw.chance(0.3) ? refuse(request, 500, 'InternalError', 'etcdserver: timeout') : undefined,
      );
    },
  },
  {
    // The write took effect, its answer never came.
    kind: 'apiAnswerLost',
    strike: (world) => {
      const { draw } = world;
      const stop = world.loseAnswers((request) => isWrite(request) && draw.chance(0.3));
      return { target: 'all', lastsMs: draw.between(2_000, 10_000), mend: stop };
    },
  },
  {
    kind: 'watchDropped',
    strike: (world) => {
      const link = world.draw.pick(world.allLinks());
      if (link === undefined) return undefined;
      link.loseWatches(true);
      const mend = (): void => {
        link.loseWatches(false);
        link.breakWatches('connection reset');
      };
      return { target: 'one', lastsMs: world.draw.between(2_000, 30_000), mend };
    },
  },
  {
    kind: 'webhookRefusal',
    strike: (world) => {
      const { draw } = world;
      const isOutage = draw.chance(0.5);
      return interfere(world, draw.between(5_000, 30_000), (request) => {
        if (!isPodCreate(request)) return undefined;
        return isOutage
          ? refuse(request, 500, 'InternalError', webhookOutage)
          : refuse(request, 403, 'Forbidden', webhookDenial);
      });
    },
  },
];

const webhookOutage =
  'Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: Post "https://webhook.example.svc:443/?timeout=10s": context deadline exceeded';
const webhookDenial =
  'admission webhook "pods.example.com" denied the request: images must come from an approved registry';
