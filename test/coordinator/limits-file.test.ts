import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Limit } from '../../coordinator/core/limits.ts';
import { followLimitsFile } from '../../coordinator/limits-file.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { openTestLog, waitUntil } from './stand.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forehold-limits-'));
  path = join(folder, 'limits.yaml');
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string): void {
  // In one step, as a mounted ConfigMap changes.
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

const seven: Limit = {
  name: 'cluster',
  per: 'cluster',
  slots: { count: 7, percent: 0 },
  match: {},
};

describe('followLimitsFile', () => {
  test('takes up what changed, refuses what is wrong once, and goes on', async () => {
    const { log, lines } = openTestLog();
    const taken: (readonly Limit[])[] = [];
    const controller = new AbortController();
    write('limits: [{ name: cluster, per: cluster, slots: 7 }]');
    const following = followLimitsFile(
      {
        path,
        limits: [seven],
        clock: openSystemClock(1_000),
        log,
        onLimits: (limits) => taken.push(limits),
      },
      controller.signal,
    );
    const said = (msg: string) => lines.filter((line) => line['msg'] === msg);
    write('limits: [{ name: cluster, per: cluster, slots: 0 }]');
    await waitUntil(() => said('limits file refused').length > 0);
    rmSync(path);
    await waitUntil(() => said('limits file refused').length > 1);
    write('limits: [{ name: cluster, per: cluster, slots: 9 }]');
    await waitUntil(() => taken.length > 0);
    expect(taken).toEqual([[{ ...seven, slots: { count: 9, percent: 0 } }]]);
    expect(said('limits file refused')).toMatchObject([
      { problems: expect.stringMatching(/^line 1: slots must be more than 0/) },
      { problems: 'cannot be read: no such file' },
    ]);
    controller.abort(new Error('stopped'));
    await expect(following).rejects.toThrow('stopped');
  });
});
