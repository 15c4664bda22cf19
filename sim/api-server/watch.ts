// One watch: what happened since a version, then what happens, as JSON lines. A reader that falls too far behind is
// dropped, as by the real API server, because a queue without bound would make one slow client everybody's problem.

import type { Clock, Timer } from '../../shared/clock.ts';
import { ApiError, badRequest } from '../store/api-error.ts';
import type { StoreEvent } from '../store/collection.ts';
import { type ApiObject, apiVersionOf } from '../store/resources.ts';
import type { Store } from '../store.ts';
import { filterOf } from './field-selector.ts';
import type { OpenStream, StreamSink } from './message.ts';
import { isSelected, parseVersion, readCount, readSelection, type Selection } from './read.ts';
import type { Target } from './route.ts';

export interface WatchOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface WatchRequest {
  readonly selection: Selection;
  /** Undefined: begin with the objects that are there. */
  readonly afterVersion: number | undefined;
  readonly bookmarks: boolean;
  readonly timeoutMs: number | undefined;
}

/** Events that wait for one slow reader; the real one's channels hold as many. */
const maxQueuedEvents = 1_000;
const bookmarkIntervalMs = 60_000;
/** A last bookmark comes this long before the end, so that the next watch begins with a fresh version. */
const lastBookmarkMs = 2_000;
/** Without timeoutSeconds a watch ends after 30 to 60 minutes. */
const minTimeoutMs = 1_800_000;

/** @throws ApiError BadRequest */
export function readWatch(target: Target, query: URLSearchParams): WatchRequest {
  const text = query.get('resourceVersion') ?? '';
  const version = text === '' ? 0 : parseVersion(text);
  if (version === undefined) throw badRequest(`resourceVersion: Invalid value: "${text}"`);
  const timeoutSeconds = readCount(query, 'timeoutSeconds') ?? 0;
  return {
    selection: readSelection(target, query),
    afterVersion: version === 0 ? undefined : version,
    bookmarks: ['1', 'true'].includes(query.get('allowWatchBookmarks') ?? ''),
    timeoutMs: timeoutSeconds > 0 ? timeoutSeconds * 1_000 : undefined,
  };
}

export class Watch implements OpenStream {
  readonly #options: WatchOptions;
  readonly #request: WatchRequest;
  readonly #sink: StreamSink;
  /** Lines that wait for the reader. */
  readonly #queue: (() => string)[] = [];
  #reader: 'ready' | 'behind' | 'gone' = 'ready';
  #unsubscribe: () => void = () => {};
  #timers: Timer[] = [];

  constructor(options: WatchOptions, request: WatchRequest, sink: StreamSink) {
    this.#options = options;
    this.#request = request;
    this.#sink = sink;
  }

  /** Sends what is due and goes on until the time is over or the reader gone. */
  start(): void {
    const { store } = this.#options;
    const { selection, afterVersion } = this.#request;
    const { resource, namespace } = selection.target;
    const filter = {
      ...filterOf(selection.fields),
      ...(namespace === undefined ? {} : { namespace }),
    };
    try {
      if (afterVersion === undefined) this.#sendPresent(store.list(resource, filter));
      else for (const event of store.eventsAfter(resource, afterVersion)) this.#sendEvent(event);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const body = error.body();
      this.#send(() => encode('ERROR', body));
      this.#finish();
      return;
    }
    this.#startTimers();
    this.#unsubscribe = store.subscribe(
      resource,
      (event) => {
        // A version that lies ahead is waited for.
        if (event.version > (afterVersion ?? 0)) this.#sendEvent(event);
      },
      filter,
    );
  }

  drained(): void {
    if (this.#reader !== 'behind') return;
    this.#reader = 'ready';
    while (this.#reader === 'ready') {
      const line = this.#queue.shift();
      if (line === undefined) return;
      this.#write(line());
    }
  }

  close(): void {
    if (this.#reader === 'gone') return;
    this.#reader = 'gone';
    this.#queue.length = 0;
    this.#unsubscribe();
    for (const timer of this.#timers) timer.cancel();
  }

  #sendPresent(objects: readonly ApiObject[]): void {
    for (const object of objects) {
      if (isSelected(this.#request.selection, object)) this.#send(() => encode('ADDED', object));
    }
    if (this.#request.bookmarks) {
      this.#sendBookmark({ annotations: { 'k8s.io/initial-events-end': 'true' } });
    }
  }

  /** An object that begins to match is added for this reader, one that ceases to match is deleted. */
  #sendEvent(event: StoreEvent<ApiObject>): void {
    const { selection } = this.#request;
    const { object, previous, type } = event;
    const matches = type !== 'DELETED' && isSelected(selection, object);
    const matched = previous !== undefined && isSelected(selection, previous);
    if (matches) this.#send(() => encode(matched ? 'MODIFIED' : 'ADDED', object));
    if (matches || !matched) return;
    const { resourceVersion } = object.metadata;
    const metadata = { ...previous.metadata, resourceVersion };
    this.#send(() => encode('DELETED', { ...previous, metadata }));
  }

  #sendBookmark(extra: object = {}): void {
    const { definition } = this.#request.selection.target;
    const object = {
      kind: definition.kind,
      apiVersion: apiVersionOf(definition),
      metadata: { resourceVersion: String(this.#options.store.version), ...extra },
    };
    this.#send(() => encode('BOOKMARK', object));
  }

  /** Lines are made when they are written: a queue of events is small, a queue of texts is not. */
  #send(line: () => string): void {
    if (this.#reader === 'gone') return;
    if (this.#reader === 'ready') {
      this.#write(line());
      return;
    }
    this.#queue.push(line);
    if (this.#queue.length > maxQueuedEvents) this.#finish();
  }

  #write(line: string): void {
    if (!this.#sink.write(line)) this.#reader = 'behind';
  }

  #startTimers(): void {
    const { clock, random } = this.#options;
    const timeoutMs = this.#request.timeoutMs ?? minTimeoutMs * (1 + random());
    this.#timers = [clock.startTimer(timeoutMs, () => this.#finish())];
    if (!this.#request.bookmarks) return;
    const lastMs = timeoutMs - lastBookmarkMs;
    if (lastMs > 0) this.#timers.push(clock.startTimer(lastMs, () => this.#sendBookmark()));
    if (lastMs > bookmarkIntervalMs) this.#startBookmarks();
  }

  #startBookmarks(): void {
    const timer = this.#options.clock.startTimer(bookmarkIntervalMs, () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
      this.#sendBookmark();
      if (this.#reader !== 'gone') this.#startBookmarks();
    });
    this.#timers.push(timer);
  }

  #finish(): void {
    if (this.#reader === 'gone') return;
    this.close();
    this.#sink.end();
  }
}

function encode(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}
