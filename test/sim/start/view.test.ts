import { describe, expect, test } from 'vitest';
import { renderView, shortenNames, type ViewState } from '../../../sim/start/view.ts';
import { row, snapshot } from './builders.ts';

const images = [
  row('r.example/ml/notebook:1', {
    ready: 2,
    pulling: 1,
    bindingLimit: 'node',
    meanPullMs: 60_000,
  }),
  row('r.example/ci/runner:24.04', { ready: 4, meanPullMs: 30_000 }),
  row('r.example/ops/gone:1', { failed: 4, failure: 'ImageNotFound: no such tag' }),
];

function state(rest: Partial<ViewState> = {}): ViewState {
  return {
    nodes: 4,
    snapshot: snapshot(images, { leasesLive: 1, nodesWarm: 1 }),
    pullsDone: 6,
    pullsFailed: 4,
    elapsedMs: 124_000,
    warm: false,
    speed: 10,
    hints: ['look here', 'and there'],
    ...rest,
  };
}

describe('renderView', () => {
  test('shows a bar per image, the counts, the time and where to look', () => {
    expect(renderView(state(), { columns: 100, rows: 30 })).toEqual([
      'Forehold on a SIMULATED cluster: 4 nodes, time runs 10 times as fast',
      '',
      'notebook:1    ████████████████████▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░  2/4  1 pulling',
      'runner:24.04  ████████████████████████████████████████  4/4',
      'gone:1        ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0/4  4 failing (ImageNotFound: no such tag)',
      '',
      'nodes warm 1/4 · leases live 1 · done 6 · failed 4',
      '2m4s · ETA 4m30s · limit that binds: node',
      '',
      'look here',
      'and there',
    ]);
  });

  test('before the agents are there it says so', () => {
    const waiting = state({
      elapsedMs: undefined,
      snapshot: snapshot([], { nodesConnected: 1 }),
      hints: [],
    });
    expect(renderView(waiting, { columns: 80, rows: 24 })).toEqual([
      'Forehold on a SIMULATED cluster: 4 nodes, time runs 10 times as fast',
      '',
      '',
      'agents 1/4 · nodes warm 0/4 · leases live 0 · done 6 · failed 4',
      'waiting for the agents',
      '',
    ]);
  });

  test('says that all is warm, and how long it took', () => {
    const warm = state({ warm: true, speed: 1, snapshot: snapshot([], { nodesWarm: 4 }) });
    const lines = renderView(warm, { columns: 80, rows: 24 });
    expect(lines[0]).toBe('Forehold on a SIMULATED cluster: 4 nodes, in real time');
    expect(lines).toContain('all warm after 2m4s');
  });

  test('a bar shrinks with the terminal, and gives way to the numbers', () => {
    const at = (columns: number): string | undefined =>
      renderView(state(), { columns, rows: 30 })[2];
    expect(at(60)).toBe('notebook:1    ██████████████▒▒▒▒▒▒▒░░░░░░░░  2/4  1 pulling');
    expect(at(36)).toBe('notebook:1   2/4  1 pulling');
    expect(at(12)).toBe('noteboo… 2/4');
  });

  test('never wraps nor scrolls, however small the terminal', () => {
    for (const columns of [5, 6, 8, 10, 12, 20, 40, 80, 200])
      for (const rows of [2, 3, 8, 12, 40]) {
        const lines = renderView(state(), { columns, rows });
        expect(lines.length).toBeLessThan(rows);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      }
  });

  test('images that still move come first when not all fit, without the hints', () => {
    const many = Array.from({ length: 8 }, (_, n) => row(`r/i${n}:1`, { ready: n < 5 ? 4 : 0 }));
    const lines = renderView(state({ snapshot: snapshot(many) }), { columns: 40, rows: 11 });
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'Forehold',
      '',
      'i5:1',
      'i6:1',
      'i7:1',
      'i0:1',
      'and',
      '',
      'nodes',
      '2m4s',
    ]);
    expect(lines[6]).toBe('and 4 more, 4 of them on all nodes');
  });
});

describe('shortenNames', () => {
  test('keeps as much of the path as tells the images apart', () => {
    const names = shortenNames([
      'r/a/web:1',
      'r/b/web:1',
      's/b/web:1',
      'r/a/db:1',
      `r/x@sha256:${'0'.repeat(64)}`,
    ]);
    expect([...names.values()]).toEqual([
      'a/web:1',
      'r/b/web:1',
      's/b/web:1',
      'db:1',
      'x@sha256:000000000000',
    ]);
  });
});
