// The reflector on a virtual clock, against a client whose answers each test writes down.

import { describe, expect, test } from 'vitest';
import {
  type KubeClient,
  KubeError,
  type KubeQuery,
  type KubeRequest,
  type WatchEvent,
} from '../../shared/kube-client.ts';
import type { KubeObject, List } from '../../shared/kube-types.ts';
import {
  type ReflectorEvent,
  type ReflectorOptions,
  runReflector,
} from '../../shared/reflector.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';

type Watch = (query: KubeQuery, signal: AbortSignal) => AsyncIterable<WatchEvent<KubeObject>>;

class Script implements KubeClient {
  readonly calls: string[] = [];
  lists: (List<KubeObject> | KubeError)[] = [];
  watches: Watch[] = [];

  async request<T>({ query }: KubeRequest): Promise<T> {
    this.calls.push(`list limit=${query?.['limit']} continue=${query?.['continue'] ?? ''}`);
    const next = this.lists.shift() ?? list('1');
    if (next instanceof KubeError) throw next;
    return JSON.parse(JSON.stringify(next));
  }

  async *watch<T>(_path: string, query: KubeQuery, signal: AbortSignal) {
    this.calls.push(`watch ${query['resourceVersion']}`);
    const events = (this.watches.shift() ?? silence)(query, signal);
    for await (const event of events) {
      const copy: WatchEvent<T> = JSON.parse(JSON.stringify(event));
      yield copy;
    }
  }
}

function object(name: string, version: string): KubeObject {
  return { metadata: { name, resourceVersion: version } };
}

function list(version: string, items: readonly KubeObject[] = [], next?: string): List<KubeObject> {
  const metadata = { resourceVersion: version, ...(next === undefined ? {} : { continue: next }) };
  return { metadata, items };
}

async function* silence(_query: KubeQuery, signal: AbortSignal): AsyncGenerator<never> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  throw signal.reason;
}

function events(...given: WatchEvent<KubeObject>[]): Watch {
  return async function* () {
    yield* given;
  };
}

function seen(
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK',
  name: string,
  version: string,
): WatchEvent<KubeObject> {
  return { type, object: object(name, version) };
}

type Given = Pick<ReflectorOptions<KubeObject, string>, 'begin' | 'tellsPages'>;

function run(script: Script, random = () => 0, given: Given = {}) {
  const clock = new VirtualClock();
  const received: ReflectorEvent<string>[] = [];
  const warnings: object[] = [];
  const controller = new AbortController();
  const ended = runReflector(
    {
      client: script,
      path: '/api/v1/nodes',
      query: { fieldSelector: 'metadata.name=n1' },
      ...given,
      trim: (node: KubeObject) => node.metadata.name,
      clock,
      random,
      log: { warn: (fields) => warnings.push(fields) },
      onEvent: (event) => received.push(event),
    },
    controller.signal,
  );
  return { clock, received, warnings, controller, ended };
}

const gone = new KubeError('gone', 410, { reason: 'Expired' });

describe('runReflector', () => {
  test('lists page by page, then watches from there', async () => {
    const script = new Script();
    script.lists = [list('7', [object('a', '3')], 'more'), list('7', [object('b', '4')])];
    script.watches = [events(seen('ADDED', 'c', '8'), seen('DELETED', 'a', '9')), silence];
    const { clock, received } = run(script);
    await clock.advance(0);
    expect(received).toEqual([
      { kind: 'listed', objects: ['a', 'b'], askedAtMs: 0 },
      { kind: 'seen', object: 'c' },
      { kind: 'gone', object: 'a' },
    ]);
    expect(script.calls).toEqual([
      'list limit=500 continue=',
      'list limit=500 continue=more',
      'watch 7',
      'watch 9',
    ]);
  });

  test('tells pages as they come, and everything at the end', async () => {
    const script = new Script();
    script.lists = [list('7', [object('a', '3')], 'more'), list('7', [object('b', '4')])];
    script.watches = [silence];
    const { clock, received } = run(script, () => 0, { tellsPages: true });
    await clock.advance(0);
    expect(received).toEqual([
      { kind: 'seen', object: 'a' },
      { kind: 'listed', objects: ['a', 'b'], askedAtMs: 0 },
    ]);
  });

  test('resumes from the last bookmark without listing again', async () => {
    const script = new Script();
    script.watches = [events(seen('BOOKMARK', '', '40')), silence];
    const { clock, received } = run(script);
    await clock.advance(0);
    expect(script.calls.slice(1)).toEqual(['watch 1', 'watch 40']);
    expect(received).toHaveLength(1);
  });

  test.for([
    ['an ERROR event', events({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })],
    [
      'a refused watch',
      // biome-ignore lint/correctness/useYield: it ends before the first event.
      async function* () {
        throw gone;
      },
    ],
  ] as const)('lists again after 410 in %s', async ([, watch]) => {
    const script = new Script();
    script.watches = [watch, silence];
    script.lists = [list('1', [object('a', '1')]), list('50', [object('b', '50')])];
    const { clock, received } = run(script);
    await clock.advance(1_000);
    expect(received).toEqual([
      { kind: 'listed', objects: ['a'], askedAtMs: 0 },
      { kind: 'listed', objects: ['b'], askedAtMs: 1_000 },
    ]);
    expect(script.calls.at(-1)).toBe('watch 50');
  });

  test('begins the list again when its continuation has expired', async () => {
    const script = new Script();
    script.lists = [list('1', [object('old', '1')], 'more'), gone, list('9', [object('a', '9')])];
    const { clock, received } = run(script);
    await clock.advance(1_000);
    expect(received).toEqual([{ kind: 'listed', objects: ['a'], askedAtMs: 1_000 }]);
  });

  test('never stops on errors, and waits longer each time up to half a minute', async () => {
    const script = new Script();
    script.lists = Array.from({ length: 7 }, () => new KubeError('refused', 503));
    const { clock, received, warnings } = run(script);
    await clock.advance(1_000 + 2_000 + 4_000 + 8_000 + 16_000 + 30_000 + 30_000 - 1);
    expect(received).toEqual([]);
    await clock.advance(1);
    expect(received).toEqual([{ kind: 'listed', objects: [], askedAtMs: 91_000 }]);
    expect(warnings).toHaveLength(7);
  });

  test('draws its pauses at random, down to none', async () => {
    const script = new Script();
    script.lists = [new KubeError('refused', 503)];
    const { clock, received } = run(script, () => 0.999);
    await clock.advance(2);
    expect(received).toHaveLength(1);
  });

  test('leaves the server alone for as long as it asks, within reason', async () => {
    const script = new Script();
    script.lists = [new KubeError('busy', 429, { details: { retryAfterSeconds: 5 } })];
    const { clock, received } = run(script);
    await clock.advance(4_999);
    expect(received).toEqual([]);
    await clock.advance(1);
    expect(received).toHaveLength(1);
  });

  test('resumes a broken watch where it was, but lists again when that keeps failing', async () => {
    const script = new Script();
    // biome-ignore lint/correctness/useYield: it ends before the first event.
    const broken: Watch = async function* () {
      throw new KubeError('reset', 0);
    };
    script.watches = [broken, broken, broken, broken, broken, silence];
    const { clock } = run(script);
    await clock.advance(60_000);
    expect(script.calls.map((call) => call.split(' ')[0])).toEqual([
      ...['list', 'watch', 'watch', 'watch', 'watch', 'watch'],
      ...['list', 'watch'],
    ]);
  });

  test('does not open a watch that ends at once again without a pause', async () => {
    const script = new Script();
    script.watches = [events(), events(), silence];
    const { clock } = run(script);
    await clock.advance(0);
    expect(script.calls).toHaveLength(2);
    await clock.advance(3_000);
    expect(script.calls).toHaveLength(4);
  });

  test('ends a watch that is silent for two missed bookmarks, and resumes', async () => {
    const script = new Script();
    const { clock } = run(script);
    await clock.advance(149_999);
    expect(script.calls).toHaveLength(2);
    await clock.advance(1 + 1_000);
    expect(script.calls.slice(2)).toEqual(['watch 1']);
  });

  test('asks for bookmarks and an end within five to ten minutes', async () => {
    const script = new Script();
    const queries: KubeQuery[] = [];
    script.watches = [
      (query, signal) => {
        queries.push(query);
        return silence(query, signal);
      },
    ];
    const { clock } = run(script, () => 0.5);
    await clock.advance(0);
    expect(queries).toEqual([
      {
        fieldSelector: 'metadata.name=n1',
        resourceVersion: '1',
        allowWatchBookmarks: 'true',
        timeoutSeconds: '450',
      },
    ]);
  });

  test('resolves when it is stopped, while watching and while waiting', async () => {
    const watching = run(new Script());
    await watching.clock.advance(0);
    watching.controller.abort();
    await watching.ended;
    const script = new Script();
    script.lists = [new KubeError('refused', 503)];
    const waiting = run(script);
    await waiting.clock.advance(0);
    waiting.controller.abort();
    await waiting.ended;
  });

  test("ends with the receiver's error, which is no error of the API server", async () => {
    const failing = runReflector(
      {
        client: new Script(),
        path: '/a',
        trim: (node: KubeObject) => node,
        clock: new VirtualClock(),
        random: () => 0,
        log: { warn: () => undefined },
        onEvent: () => {
          throw new Error('fault');
        },
      },
      new AbortController().signal,
    );
    await expect(failing).rejects.toThrow('fault');
  });

  test('lists nothing when it begins with the watch, and begins anew after 410', async () => {
    const expired = { type: 'ERROR', object: { code: 410, message: 'too old' } } as const;
    const script = new Script();
    script.watches = [events(seen('ADDED', 'a', '5'), expired), silence];
    const { clock, received } = run(script, () => 0, { begin: 'watch' });
    await clock.advance(1_000);
    expect(script.calls).toEqual(['watch 0', 'watch 0']);
    expect(received).toEqual([{ kind: 'seen', object: 'a' }]);
  });
});
