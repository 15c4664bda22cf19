import { describe, expect, test } from 'vitest';
import { GrowingTable, renderTable } from '../../cli/table.ts';

describe('renderTable', () => {
  test('aligns columns and leaves no trailing spaces', () => {
    expect(
      renderTable(
        ['A', 'BB', 'C'],
        [
          ['1', 'long', 'x'],
          ['22', '', 'longer'],
        ],
      ),
    ).toEqual(['A    BB     C', '1    long   x', '22   -      longer']);
  });

  test('takes out whatever would move the cursor', () => {
    expect(renderTable(['A', 'B'], [['one\ntwo\u001b[2J\u202e', 'b']])[1]).toBe('one two [2J   b');
  });
});

describe('GrowingTable', () => {
  test('a longer cell widens its column for the rows after it', () => {
    const table = new GrowingTable(['A', 'B'], [['12', 'x']]);
    expect(table.header).toBe('A    B');
    expect(table.render(['1234', 'x'])).toBe('1234   x');
    expect(table.render(['1', 'x'])).toBe('1      x');
  });
});
