import { describe, expect, test } from 'vitest';
import { Terminal } from '../../../sim/start/terminal.ts';

/** Remembers what was written, with the escape character made visible. */
class Paper {
  columns = 80;
  rows = 24;
  text = '';

  write(text: string): void {
    this.text += text.replaceAll('\u001b', '^');
  }

  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}

describe('Terminal', () => {
  test('the second drawing goes over the first', () => {
    const paper = new Paper();
    const terminal = new Terminal(paper);
    terminal.draw(['one', 'two']);
    expect(paper.take()).toBe('^[?25lone^[K\ntwo^[K\n^[0J');
    terminal.draw(['three']);
    expect(paper.take()).toBe('^[?25l\r^[2Athree^[K\n^[0J');
  });

  test('a printed line stays above the drawing', () => {
    const paper = new Paper();
    const terminal = new Terminal(paper);
    terminal.draw(['view']);
    paper.take();
    terminal.print('said');
    expect(paper.take()).toBe('\r^[1A^[0Jsaid\n^[?25lview^[K\n^[0J');
  });

  test('after narrowing it goes up as many rows as the old lines take now', () => {
    const paper = new Paper();
    const terminal = new Terminal(paper);
    terminal.draw(['x'.repeat(60), 'y']);
    paper.take();
    paper.columns = 25;
    terminal.draw(['z']);
    expect(paper.take()).toContain('\r^[4A');
  });

  test('closing shows the cursor, once, and nothing is drawn any more', () => {
    const paper = new Paper();
    const terminal = new Terminal(paper);
    terminal.draw(['view']);
    paper.take();
    terminal.close();
    terminal.close();
    terminal.draw(['late']);
    expect(paper.take()).toBe('^[?25h');
    terminal.print('afterwards');
    expect(paper.take()).toBe('^[0Jafterwards\n');
  });
});
