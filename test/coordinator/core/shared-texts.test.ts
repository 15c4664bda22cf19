// Whether two equal texts are one copy cannot be seen from outside; what it keeps can.

import { describe, expect, test } from 'vitest';
import { SharedTexts } from '../../../coordinator/core/shared-texts.ts';

describe('SharedTexts', () => {
  test('keeps a text once, however often it comes', () => {
    const texts = new SharedTexts();
    const [first, second] = ['a', 'b'].map((name) => texts.share(`${name}:1`));
    expect([first, second, texts.share('a:1')]).toEqual(['a:1', 'b:1', 'a:1']);
    expect(texts.size).toBe(2);
  });

  test('never keeps more than its bound', () => {
    const texts = new SharedTexts(3);
    for (let index = 0; index < 10; index += 1) {
      expect(texts.share(`image-${index}`)).toBe(`image-${index}`);
      expect(texts.size).toBeLessThanOrEqual(3);
    }
  });
});
