import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../../shared/clock.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';

describe('VirtualClock', () => {
  test('timers run at their moment, in order, those of one moment as they were started', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 50 }), { maxLength: 60 }), async (delaysMs) => {
        const clock = new VirtualClock();
        const ran: { atMs: number; index: number }[] = [];
        delaysMs.forEach((delayMs, index) => {
          clock.startTimer(delayMs, () => ran.push({ atMs: clock.now().monotonicMs, index }));
        });
        await clock.advance(50);
        const expected = delaysMs
          .map((atMs, index) => ({ atMs, index }))
          .sort((a, b) => a.atMs - b.atMs || a.index - b.index);
        expect(ran).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  test('promise chains run to their end between two timers', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    clock.startTimer(10, () => {
      void (async () => {
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        seen.push('chain of the first');
      })();
    });
    clock.startTimer(11, () => seen.push('second'));
    await clock.advance(20);
    expect(seen).toEqual(['chain of the first', 'second']);
  });

  test('a timer started by a timer runs in the same advance when it is due', async () => {
    const clock = new VirtualClock();
    const ranAtMs: number[] = [];
    clock.startTimer(5, () => clock.startTimer(5, () => ranAtMs.push(clock.now().monotonicMs)));
    await clock.advance(9);
    expect(ranAtMs).toEqual([]);
    await clock.advance(1);
    expect(ranAtMs).toEqual([10]);
  });

  test('a cancelled timer never runs, also when cancelled at its moment', async () => {
    const clock = new VirtualClock();
    let ran = 0;
    const count = (): void => {
      ran += 1;
    };
    const late = clock.startTimer(10, count);
    clock.startTimer(5, count).cancel();
    clock.startTimer(10, count);
    clock.startTimer(9, () => late.cancel());
    await clock.advance(100);
    expect(ran).toBe(1);
  });

  test('runUntil stops at the timer that makes the condition hold', async () => {
    const clock = new VirtualClock();
    let count = 0;
    const tick = (): void => {
      count += 1;
      clock.startTimer(100, tick);
    };
    tick();
    await clock.runUntil(() => count === 5, 10_000);
    expect(clock.now().monotonicMs).toBe(400);
  });

  test('runUntil gives up at its deadline, which has then passed', async () => {
    const clock = new VirtualClock();
    await expect(clock.runUntil(() => false, 1_000)).rejects.toThrow('after 1000 ms');
    expect(clock.now().monotonicMs).toBe(1_000);
  });

  test('a wait of shared/clock.ts ends when its time has come', async () => {
    const clock = new VirtualClock();
    const waited = waitFor(clock, 3_600_000, new AbortController().signal);
    await clock.advance(3_600_000);
    await waited;
  });

  test('a jump of the calendar leaves monotonic time and timers alone', async () => {
    const clock = new VirtualClock({ wallMs: 1_000 });
    let ran = false;
    clock.startTimer(10, () => {
      ran = true;
    });
    clock.jumpWall(-500);
    expect(clock.now()).toEqual({ wallMs: 500, monotonicMs: 0 });
    await clock.advance(9);
    expect(ran).toBe(false);
    await clock.advance(1);
    expect(ran).toBe(true);
  });
});
