import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QueueError, ReviewQueue } from '../../../coordinator/identity/review-queue.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';

function open(bounds: Partial<{ maxInFlight: number; maxWaiting: number }> = {}) {
  const clock = new VirtualClock();
  const { maxInFlight = 1, maxWaiting = 100 } = bounds;
  const queue = new ReviewQueue({ clock, maxInFlight, maxWaiting, maxWaitMs: 1_000 });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (peer: string, name = peer): Promise<string> =>
    queue.run(peer, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      return name;
    });
  const finishOne = async (): Promise<void> => {
    ends.shift()?.();
    await clock.settle();
  };
  return { clock, queue, ask, begun, finishOne };
}

describe('ReviewQueue', () => {
  test('asks no more at a time than it may', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.constantFrom('ask', 'finish'), { maxLength: 40 }),
        async (maxInFlight, steps) => {
          const { queue, ask, begun, finishOne, clock } = open({ maxInFlight });
          let asked = 0;
          let finished = 0;
          for (const step of steps) {
            if (step === 'ask') {
              asked += 1;
              void ask(`peer-${asked % 3}`);
              await clock.settle();
            } else if (begun.length > finished) {
              finished += 1;
              await finishOne();
            }
            const underWay = begun.length - finished;
            expect(underWay).toBe(Math.min(maxInFlight, asked - finished));
            expect(queue.inFlight).toBe(underWay);
            expect(queue.waiting).toBe(asked - finished - underWay);
          }
        },
      ),
    );
  });

  test('serves peers in turn, whoever asks a hundred times waits behind himself', async () => {
    const { ask, begun, finishOne, clock } = open();
    for (let index = 0; index < 50; index += 1) void ask('flood');
    void ask('a');
    void ask('b');
    await clock.settle();
    for (let index = 0; index < 3; index += 1) await finishOne();
    expect(begun).toEqual(['flood', 'flood', 'a', 'b']);
  });

  test('one that is full drops the newest of the longest line', async () => {
    const { ask, begun, finishOne, clock } = open({ maxWaiting: 3 });
    void ask('running');
    void ask('flood', 'flood-1');
    void ask('flood', 'flood-2');
    const dropped = ask('flood', 'flood-3').catch((error: unknown) => error);
    void ask('a');
    expect(await dropped).toBeInstanceOf(QueueError);
    await clock.settle();
    for (let index = 0; index < 3; index += 1) await finishOne();
    expect(begun).toEqual(['running', 'flood-1', 'a', 'flood-2']);
  });

  test('what waits for too long is given up, and its place is free', async () => {
    const { ask, begun, finishOne, clock, queue } = open();
    void ask('running');
    const late = ask('late').catch((error: unknown) => error);
    await clock.advance(1_001);
    expect(await late).toMatchObject({ message: 'the API server was not asked within 1 s' });
    expect(queue.waiting).toBe(0);
    await finishOne();
    expect(begun).toEqual(['running']);
    expect(queue.inFlight).toBe(0);
  });

  test('a question that fails makes room for the next', async () => {
    const { queue, ask, begun, clock } = open();
    const failed = queue.run('a', () => Promise.reject(new Error('no')));
    void ask('b');
    await expect(failed).rejects.toThrow('no');
    await clock.settle();
    expect(begun).toEqual(['b']);
  });
});
