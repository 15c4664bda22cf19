import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FleetRecord } from '../../../bench/rollout/fleet-record.ts';

const line = (t: number, event: string, uid: string, node = 'node-1'): string =>
  `${JSON.stringify({ t, event, pod: `pull-${uid}`, uid, node, image: 'registry.example/a:v1' })}\n`;

describe('FleetRecord', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forehold-test-'));
    path = join(folder, 'log.jsonl');
    writeFileSync(path, '');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function read(...pieces: readonly string[]): FleetRecord {
    const record = new FleetRecord(path);
    for (const piece of pieces) {
      appendFileSync(path, piece);
      record.read();
    }
    record.close();
    return record;
  }

  test('counts a pair warm from the moment its pod has succeeded', () => {
    const record = read(line(10, 'pod-start', 'a'), line(12.5, 'succeeded', 'a'));
    expect(record.warmPairs).toBe(1);
    expect(record.warmAtMs).toBe(12_500);
    expect(record.pulls).toMatchObject([{ podCreatedAtMs: 10_000, terminalAtMs: 12_500 }]);
  });

  test('keeps the first end of a pod that is deleted afterwards', () => {
    const record = read(
      line(10, 'pod-start', 'a') + line(12, 'succeeded', 'a') + line(13, 'deleted', 'a'),
    );
    expect(record.pulls).toMatchObject([{ terminalAtMs: 12_000 }]);
  });

  test('a pod that is deleted in mid-pull has ended and warmed nothing', () => {
    const record = read(line(10, 'pod-start', 'a'), line(11, 'deleted', 'a'));
    expect(record.warmPairs).toBe(0);
    expect(record.pulls).toMatchObject([{ terminalAtMs: 11_000 }]);
  });

  test('a line may come in two pieces', () => {
    const whole = line(10, 'pod-start', 'a');
    const record = read(whole.slice(0, 20), whole.slice(20), line(11, 'succeeded', 'a'));
    expect(record.warmPairs).toBe(1);
  });

  test('a second pod of the same pair is a duplicate, one of another node is not', () => {
    const record = read(
      line(10, 'pod-start', 'a'),
      line(11, 'pod-start', 'b'),
      line(11, 'pod-start', 'c', 'node-2'),
    );
    expect(record.duplicatePods).toBe(1);
  });
});
