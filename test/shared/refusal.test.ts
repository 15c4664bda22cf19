import { describe, expect, test } from 'vitest';
import { classifyRefusal, classifyRejection } from '../../shared/refusal.ts';
import { refusals, rejections } from './recorded-failures.ts';

describe('classifyRefusal', () => {
  test.for(refusals)('$source: $what is $reason', ({ message, reason }) => {
    expect(classifyRefusal(message)).toBe(reason);
  });
});

describe('classifyRejection', () => {
  test.for(rejections)('$source: $what is $reason', ({ podReason, message, reason }) => {
    expect(classifyRejection(podReason, message)).toBe(reason);
  });
});
