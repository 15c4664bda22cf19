import { describe, expect, test } from 'vitest';
import { Course, type Unresolved, type Verdict } from '../../../sim/start/course.ts';
import type { Snapshot } from '../../../sim/start/snapshot.ts';
import { row, snapshot } from './builders.ts';

const resolved: Unresolved = { pending: [], invalid: [] };
const warm = snapshot([row('a', { ready: 4 })]);
const failing = row('a', { ready: 1, failed: 3, failure: 'ImageNotFound: no such tag' });

describe('Course', () => {
  test('begins when the last agent’s inventory is complete, and is warm at the last pair', () => {
    const course = new Course();
    const begun = snapshot([row('a')], { leasesLive: 1 });
    expect(course.look(snapshot([], { nodesConnected: 3 }), resolved, 100).kind).toBe('going');
    expect(course.startedAtMs).toBeUndefined();
    expect(course.look(begun, resolved, 200).kind).toBe('going');
    expect(course.look(begun, resolved, 300).kind).toBe('going');
    expect(course.look(warm, resolved, 400).kind).toBe('warm');
    expect(course.look(warm, resolved, 500).kind).toBe('warm');
    expect([course.startedAtMs, course.warmAtMs]).toEqual([200, 400]);
  });

  test('an agent that leaves does not begin it anew', () => {
    const course = new Course();
    course.look(snapshot([row('a')]), resolved, 100);
    course.look(snapshot([row('a')], { nodesConnected: 3 }), resolved, 200);
    course.look(snapshot([row('a')]), resolved, 300);
    expect(course.startedAtMs).toBe(100);
  });

  test.for<[fact: string, state: Snapshot, unresolved: Unresolved, verdict: Verdict]>([
    [
      'no nodes are known yet',
      snapshot([], { nodes: 0, nodesConnected: 0 }),
      resolved,
      { kind: 'going' },
    ],
    ['a CachedImage is not read yet', warm, { pending: ['b'], invalid: [] }, { kind: 'going' }],
    [
      'every missing pair failed',
      snapshot([failing]),
      resolved,
      { kind: 'stuck', why: ['a fails on 3 of 4 nodes: ImageNotFound: no such tag'] },
    ],
    ['a retry is under way', snapshot([failing], { leasesLive: 1 }), resolved, { kind: 'going' }],
    [
      'every missing pair failed, another CachedImage is not read yet',
      snapshot([failing]),
      { pending: ['b'], invalid: [] },
      { kind: 'going' },
    ],
    [
      'a CachedImage is invalid and all else is warm',
      warm,
      { pending: [], invalid: ['b is invalid: why'] },
      { kind: 'stuck', why: ['b is invalid: why'] },
    ],
    [
      'a CachedImage is invalid and another one still pulls',
      snapshot([row('a')], { leasesLive: 1 }),
      { pending: [], invalid: ['b is invalid: why'] },
      { kind: 'going' },
    ],
    [
      'one is invalid and the others fail',
      snapshot([failing]),
      { pending: [], invalid: ['b is invalid: why'] },
      {
        kind: 'stuck',
        why: ['a fails on 3 of 4 nodes: ImageNotFound: no such tag', 'b is invalid: why'],
      },
    ],
  ])('%s', ([, state, unresolved, verdict]) => {
    expect(new Course().look(state, unresolved, 1_000)).toEqual(verdict);
  });

  test('ten minutes in which nothing moves and no lease lives are the end', () => {
    const course = new Course();
    const idle = snapshot([row('a', { ready: 1 })]);
    const at = (minutes: number, state: Snapshot) =>
      course.look(state, resolved, minutes * 60_000).kind;
    expect(at(0, idle)).toBe('going');
    expect(at(9, idle)).toBe('going');
    expect(at(9, snapshot([row('a', { ready: 2 })]))).toBe('going');
    const moved = snapshot([row('a', { ready: 2 })]);
    expect(at(18, moved)).toBe('going');
    expect(at(18.5, snapshot([row('a', { ready: 2 })], { leasesLive: 1 }))).toBe('going');
    expect(at(28, moved)).toBe('going');
    expect(at(28.6, moved)).toBe('stuck');
  });
});
