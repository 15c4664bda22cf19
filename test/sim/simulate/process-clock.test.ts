import { describe, expect, test } from 'vitest';
import { ProcessClock } from '../../../sim/simulate/process-clock.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';

describe('ProcessClock', () => {
  test('drifts against the cluster from the moment that it is told to', async () => {
    const base = new VirtualClock();
    const clock = new ProcessClock(base);
    await base.advance(1_000);
    clock.drift(1.01);
    await base.advance(1_000);
    expect(clock.now().monotonicMs).toBeCloseTo(2_010);
  });

  test('jumps in wall time and not in monotonic time', async () => {
    const base = new VirtualClock();
    const clock = new ProcessClock(base);
    await base.advance(500);
    clock.setWallOffset(-3_600_000);
    expect(clock.now()).toEqual({ wallMs: base.now().wallMs - 3_600_000, monotonicMs: 500 });
  });

  test('runs what fell due during a pause when it wakes, and believes that time has passed', async () => {
    const base = new VirtualClock();
    const clock = new ProcessClock(base);
    const fired: number[] = [];
    clock.startTimer(100, () => fired.push(clock.now().monotonicMs));
    clock.pause();
    await base.advance(60_000);
    expect(fired).toEqual([]);
    clock.resume();
    await base.advance(0);
    expect(fired).toEqual([60_000]);
  });

  test('runs nothing once it was killed', async () => {
    const base = new VirtualClock();
    const clock = new ProcessClock(base);
    let fired = 0;
    clock.startTimer(100, () => {
      fired += 1;
    });
    clock.kill();
    clock.deliver(() => {
      fired += 1;
    });
    await base.advance(1_000);
    expect(fired).toBe(0);
  });
});
