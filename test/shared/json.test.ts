import { describe, expect, test } from 'vitest';
import { isSameJson } from '../../shared/json.ts';

describe('isSameJson', () => {
  test.for<[unknown, unknown, boolean]>([
    [{ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, true],
    [{ a: undefined }, {}, true],
    [[1, 2], [2, 1], false],
    [[1], { 0: 1 }, false],
    [{ a: null }, {}, false],
    ['1', 1, false],
  ])('of %j and %j is %s', ([left, right, same]) => {
    expect(isSameJson(left, right)).toBe(same);
  });
});
