import { describe, expect, test } from 'vitest';
import { watchSilence } from '../../../coordinator/session/silence.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';

function start() {
  const clock = new VirtualClock();
  const silentAtMs: number[] = [];
  const silence = watchSilence(clock, 10_000, () => silentAtMs.push(clock.now().monotonicMs));
  return { clock, silence, silentAtMs };
}

describe('watchSilence', () => {
  test('a peer that never speaks is noticed once', async () => {
    const { clock, silentAtMs } = start();
    await clock.advance(100_000);
    expect(silentAtMs).toEqual([11_000]);
  });

  test('a peer that speaks in time is not, until it stops', async () => {
    const { clock, silence, silentAtMs } = start();
    for (let round = 0; round < 10; round += 1) {
      await clock.advance(8_000);
      silence.heard(30_000);
    }
    await clock.advance(29_000);
    expect(silentAtMs).toEqual([]);
    await clock.advance(100_000);
    expect(silentAtMs).toEqual([80_000 + 33_000]);
  });

  test('words that waited while this process stood still count', async () => {
    const { clock, silence, silentAtMs } = start();
    // Both timers of a stalled process are due at once; the socket is read between them.
    clock.startTimer(10_500, () => silence.heard(30_000));
    await clock.advance(39_000);
    expect(silentAtMs).toEqual([]);
  });

  test('after stop nothing is noticed', async () => {
    const { clock, silence, silentAtMs } = start();
    silence.stop();
    await clock.advance(100_000);
    expect(silentAtMs).toEqual([]);
  });
});
