import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openLiveScreen, openPlainScreen } from '../../../sim/start/screen.ts';
import type { ViewState } from '../../../sim/start/view.ts';
import { row, snapshot } from './builders.ts';

function state(ready: number, rest: Partial<ViewState> = {}): ViewState {
  return {
    nodes: 4,
    snapshot: snapshot([row('a', { ready })], { nodesConnected: ready === 0 ? 3 : 4 }),
    pullsDone: ready,
    pullsFailed: 0,
    elapsedMs: 1_000,
    warm: false,
    speed: 5,
    hints: ['look here'],
    ...rest,
  };
}

describe('openPlainScreen', () => {
  test('says what runs and where to look, milestones at once, progress every three seconds', () => {
    const lines: string[] = [];
    const screen = openPlainScreen((line) => lines.push(line));
    const taken = (): string[] => lines.splice(0);
    screen.update(state(0), 0);
    expect(taken()).toEqual([
      'Forehold on a SIMULATED cluster: 4 nodes, time runs 5 times as fast',
      'look here',
      '1s: 0/4 pairs warm, nodes warm 0/4, leases live 0, failed 0',
    ]);
    screen.update(state(1), 200);
    expect(taken()).toEqual(['agents of all 4 nodes are connected, their inventories complete']);
    screen.update(state(2), 2_999);
    expect(taken()).toEqual([]);
    screen.update(state(3), 3_000);
    expect(taken()).toEqual(['1s: 3/4 pairs warm, nodes warm 0/4, leases live 0, failed 0']);
    screen.update(state(4, { warm: true }), 9_000);
    expect(taken()).toEqual(['a is on all 4 nodes']);
    screen.say('the end');
    expect(taken()).toEqual(['the end']);
  });
});

describe('openLiveScreen', () => {
  test('draws the view for the terminal’s size, and lines above it', () => {
    let text = '';
    const stream = {
      columns: 30,
      rows: 24,
      write: (written: string) => {
        text += stripVTControlCharacters(written);
      },
    };
    const screen = openLiveScreen(stream);
    screen.update(state(1), 0);
    expect(text).toMatch(/a {2}█+░+ {2}1\/4/);
    text = '';
    screen.say('said');
    expect(text).toMatch(/said\n.*a {2}█+░+ {2}1\/4/s);
    screen.close();
    text = '';
    screen.update(state(2), 1);
    expect(text).toBe('');
  });
});
