import { describe, expect, test } from 'vitest';
import { InspectorError } from '../../cli/calls.ts';
import { watchLeases } from '../../cli/watch.ts';
import type { LeaseRecord } from '../../cli/wire.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';

function leaseOf(id: string, change: Partial<LeaseRecord> = {}): LeaseRecord {
  return {
    id,
    epoch: 1,
    phase: 'Held',
    node: 'n1',
    nodeUid: 'u1',
    image: 'a:1',
    pullSecrets: [],
    cachedImages: [],
    pod: 'pull-1',
    podUid: '',
    limits: [],
    offeredAt: null,
    notAfter: null,
    heldAt: null,
    endedAt: null,
    ageSeconds: 1,
    outcome: '',
    reason: '',
    message: '',
    digest: '',
    ...change,
  };
}

/** Each watch shows these leases, lasts a while and is then refused. */
async function watch(lasts: readonly number[], watches: readonly (readonly LeaseRecord[])[]) {
  const clock = new VirtualClock();
  const lines: string[] = [];
  let opened = 0;
  const inspector = {
    listLeases: async () => [],
    watchLeases: async function* () {
      const number = opened++;
      yield* watches[number] ?? [];
      const last = lasts[number];
      if (last === undefined) return;
      await clock.advance(last);
      throw new InspectorError('UNAUTHENTICATED', 'the token has ended', {});
    },
  };
  const command = {
    kind: 'leases',
    filter: { node: '', image: '' },
    watch: true,
    all: false,
  } as const;
  const output = { print: (line: string) => lines.push(line), complain: () => undefined };
  const { signal } = new AbortController();
  const ended = watchLeases(inspector, command, { output, json: true, signal, clock });
  const error = await ended.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const shown = lines.map((line) => JSON.parse(line)).map(({ id, phase }) => `${id} ${phase}`);
  return { shown, error, opened };
}

describe('watchLeases', () => {
  test('goes on with a new token, and prints nothing twice', async () => {
    const { shown, error, opened } = await watch(
      [600_000, 600_000],
      [
        [leaseOf('1-1'), leaseOf('1-2')],
        [leaseOf('1-1', { ageSeconds: 99 }), leaseOf('1-2', { phase: 'Ended', endedAt: 'now' })],
        [leaseOf('1-3')],
      ],
    );
    expect(error).toBeUndefined();
    expect(opened).toBe(3);
    expect(shown).toEqual(['1-1 Held', '1-2 Held', '1-2 Ended', '1-3 Held']);
  });

  test('gives up when a fresh token is refused', async () => {
    const { error, opened } = await watch([600_000, 5], [[leaseOf('1-1')]]);
    expect(opened).toBe(2);
    expect(error).toMatchObject({ message: 'the token has ended' });
  });
});
