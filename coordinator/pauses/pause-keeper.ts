// Keeps the list of pauses where restarts and changes of leader leave it: in ConfigMap forehold-pauses. A pause counts once
// it is written there, and not before: it would otherwise end with this process, unknown to who asked for it.
//
// At its start every leader writes its epoch beside the list. From then on a write of its predecessor, which may not know
// yet that it is one, is refused by the optimistic lock, so that no pause is confirmed that the leader has not read.
//
// A list that cannot be read pauses everything: somebody had a reason to pause something, and a pull that comes later
// costs less than one that was forbidden. Resuming everything ends that, and writes a list that can be read.

import { type Backoff, decideBackoffMs } from '../../shared/backoff.ts';
import { type Clock, waitFor } from '../../shared/clock.ts';
import { type KubeClient, KubeError } from '../../shared/kube-client.ts';
import type { ConfigMap } from '../../shared/kube-types.ts';
import type { Log } from '../../shared/log.ts';
import { annotations, labels, managedBy, pausesConfigMapName } from '../../shared/names.ts';
import { StatusError } from '../../shared/rpc.ts';
import type { Pause } from '../core/pauses.ts';
import { configMapPath, configMapsPath } from '../kube/paths.ts';
import { formatPauses, maxPauses, parsePauses } from './pause-text.ts';

export interface PauseKeeperOptions {
  readonly kube: KubeClient;
  /** Where the ConfigMap lives. */
  readonly namespace: string;
  readonly epoch: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

type PauseName = Pick<Pause, 'scope' | 'name'>;

const dataKey = 'pauses';
const backoff: Backoff = { initialMs: 250, factor: 2, maxMs: 15_000, jitterRatio: 1 };
// Somebody edits the ConfigMap by hand at the same moment, again and again.
const maxConflicts = 3;
// People wait for each of them.
const maxQueued = 20;

export class PauseKeeper {
  readonly #options: PauseKeeperOptions;
  #stored: ConfigMap;
  #pauses: readonly Pause[];
  /** Called with the whole list after each change. */
  onChange: (pauses: readonly Pause[]) => void = () => undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #queued = 0;

  constructor(options: PauseKeeperOptions, stored: ConfigMap) {
    this.#options = options;
    this.#stored = stored;
    this.#pauses = readPauses(stored, options);
  }

  list(): readonly Pause[] {
    return this.#pauses;
  }

  /**
   * Adds the pause, or puts it in the place of the one of the same scope and name.
   * @throws StatusError RESOURCE_EXHAUSTED, or UNAVAILABLE when it cannot be kept
   */
  add(pause: Pause): Promise<void> {
    return this.#change(`pause ${describeName(pause)}`, (pauses) => {
      const others = pauses.filter((other) => !isSame(other, pause));
      if (others.length >= maxPauses)
        throw new StatusError(
          'RESOURCE_EXHAUSTED',
          `there are ${maxPauses} pauses already; resume one first`,
        );
      return [...others, pause];
    });
  }

  /** @throws StatusError NOT_FOUND, or UNAVAILABLE when that cannot be kept */
  remove(name: PauseName): Promise<void> {
    return this.#change(`resume ${describeName(name)}`, (pauses) => {
      const others = pauses.filter((other) => !isSame(other, name));
      if (others.length === pauses.length)
        throw new StatusError('NOT_FOUND', `there is no pause of ${describeName(name)}`);
      return others;
    });
  }

  #change(attempt: string, edit: (pauses: readonly Pause[]) => readonly Pause[]): Promise<void> {
    if (this.#queued >= maxQueued)
      return Promise.reject(
        new StatusError(
          'RESOURCE_EXHAUSTED',
          `cannot ${attempt}: ${maxQueued} changes wait; try again in a moment`,
        ),
      );
    this.#queued += 1;
    const turn = this.#queue.then(() => this.#write(attempt, edit));
    this.#queue = turn.then(ignore, ignore);
    return turn.finally(() => {
      this.#queued -= 1;
    });
  }

  async #write(
    attempt: string,
    edit: (pauses: readonly Pause[]) => readonly Pause[],
  ): Promise<void> {
    for (let conflicts = 0; ; conflicts += 1) {
      const pauses = sort(edit(this.#pauses));
      try {
        await this.#store(pauses);
        return;
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        const isConflict = error.status === 409 || error.status === 404;
        if (!isConflict || conflicts >= maxConflicts) throw unkept(attempt, error);
        await this.#readAgain(attempt);
      }
    }
  }

  async #store(pauses: readonly Pause[]): Promise<void> {
    const { kube, log } = this.#options;
    this.#stored = await kube.request<ConfigMap>({
      method: 'PUT',
      path: pausesPath(this.#options.namespace),
      body: { ...this.#stored, data: { ...this.#stored.data, [dataKey]: formatPauses(pauses) } },
    });
    this.#pauses = pauses;
    log.info({ pauses: pauses.length }, 'pauses written');
    this.onChange(pauses);
  }

  /** Somebody else has written: by hand, or as the next leader, and then it is not ours any more. */
  async #readAgain(attempt: string): Promise<void> {
    const { kube, namespace, epoch } = this.#options;
    try {
      const stored = await read(kube, namespace);
      if (stored === undefined) {
        this.#stored = await create(this.#options, this.#pauses);
        return;
      }
      if (stored.metadata.annotations?.[annotations.epoch] !== String(epoch))
        throw new StatusError('UNAVAILABLE', `cannot ${attempt}: another coordinator leads now`);
      this.#stored = stored;
      this.#pauses = readPauses(stored, this.#options);
      this.onChange(this.#pauses);
    } catch (error) {
      throw error instanceof KubeError ? unkept(attempt, error) : error;
    }
  }
}

/**
 * Reads the list as the leader of this epoch; waits for the API server as long as it takes.
 * @throws the signal's reason when it aborts
 */
export async function openPauseKeeper(
  options: PauseKeeperOptions,
  signal: AbortSignal,
): Promise<PauseKeeper> {
  const { clock, random, log } = options;
  for (let failures = 1; ; failures += 1) {
    try {
      return new PauseKeeper(options, await claim(options, signal));
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      const delayMs = decideBackoffMs(backoff, failures, random());
      log.warn({ err: error, delayMs }, 'pauses not read');
      await waitFor(clock, delayMs, signal);
    }
  }
}

/**
 * The ConfigMap with our epoch in it, whoever's was there before; it is created when it is not there. Where that is
 * forbidden there is still nothing paused; the first pause will say what is missing.
 */
async function claim(options: PauseKeeperOptions, signal: AbortSignal): Promise<ConfigMap> {
  const { kube, namespace, epoch, log } = options;
  const stored = await read(kube, namespace, signal);
  if (stored === undefined) {
    try {
      return await create(options, [], signal);
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 403)) throw error;
      log.warn({ err: error }, 'pauses cannot be kept');
      return describe(options, []);
    }
  }
  const { metadata } = stored;
  const body: ConfigMap = {
    ...stored,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [annotations.epoch]: String(epoch) },
    },
  };
  return kube.request({ method: 'PUT', path: pausesPath(namespace), body, signal });
}

async function read(
  kube: KubeClient,
  namespace: string,
  signal?: AbortSignal,
): Promise<ConfigMap | undefined> {
  try {
    const path = pausesPath(namespace);
    return await kube.request<ConfigMap>({ method: 'GET', path, ...(signal && { signal }) });
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}

function create(
  options: PauseKeeperOptions,
  pauses: readonly Pause[],
  signal?: AbortSignal,
): Promise<ConfigMap> {
  const { kube, namespace } = options;
  const body = describe(options, pauses);
  const path = configMapsPath(namespace);
  return kube.request({ method: 'POST', path, body, ...(signal && { signal }) });
}

function describe({ namespace, epoch }: PauseKeeperOptions, pauses: readonly Pause[]): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: pausesConfigMapName,
      namespace,
      labels: { [labels.managedBy]: managedBy },
      annotations: { [annotations.epoch]: String(epoch) },
    },
    data: { [dataKey]: formatPauses(pauses) },
  };
}

function pausesPath(namespace: string): string {
  return configMapPath(namespace, pausesConfigMapName);
}

function unkept(attempt: string, cause: KubeError): StatusError {
  return new StatusError('UNAVAILABLE', `cannot ${attempt}: ${cause.message}`, { cause });
}

function readPauses({ data }: ConfigMap, { clock, log }: PauseKeeperOptions): readonly Pause[] {
  const read = parsePauses(data?.[dataKey]);
  if (read.kind === 'read') return sort(read.pauses);
  log.error({ damage: read.damage }, 'pauses are damaged, everything is paused');
  const why = `ConfigMap ${pausesConfigMapName} cannot be read (${read.damage})`;
  const sinceMs = clock.now().wallMs;
  return [{ scope: 'all', name: '', why, by: 'forehold', authenticatedAs: '', sinceMs }];
}

function sort(pauses: readonly Pause[]): readonly Pause[] {
  const key = ({ scope, name }: Pause): string => `${scope} ${name}`;
  return pauses.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function isSame(a: PauseName, b: PauseName): boolean {
  return a.scope === b.scope && a.name === b.name;
}

function describeName({ scope, name }: PauseName): string {
  return scope === 'all' ? 'everything' : `${scope} ${name}`;
}

function ignore(): void {}
