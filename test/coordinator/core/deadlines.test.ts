import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deadlines } from '../../../coordinator/core/deadlines.ts';

describe('Deadlines', () => {
  test('gives what is due in order of time, then of arrival', () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 20 }), (atMs, nowMs) => {
        const deadlines = new Deadlines<number>();
        for (const [index, time] of atMs.entries()) deadlines.add(time, index);
        const popped: number[] = [];
        for (let next = deadlines.pop(nowMs); next !== undefined; next = deadlines.pop(nowMs))
          popped.push(next);
        const expected = atMs
          .map((time, index) => ({ time, index }))
          .filter(({ time }) => time <= nowMs)
          .sort((a, b) => a.time - b.time || a.index - b.index);
        expect(popped).toEqual(expected.map(({ index }) => index));
        const later = atMs.filter((time) => time > nowMs);
        expect(deadlines.nextMs()).toBe(later.length === 0 ? undefined : Math.min(...later));
      }),
    );
  });
});
