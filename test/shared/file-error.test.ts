import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeFileError } from '../../shared/file-error.ts';

describe('describeFileError', () => {
  test.for([
    ['/does/not/exist', 'no such file'],
    ['/', 'it is a folder'],
  ] as const)('%s: %s', ([path, words]) => {
    const read = (): string => {
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        return describeFileError(error);
      }
    };
    expect(read()).toBe(words);
  });

  test('leaves other words as they are', () => {
    expect(describeFileError(new Error('the disk is on fire'))).toBe('the disk is on fire');
  });
});
