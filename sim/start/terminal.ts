// Draws lines in place with plain ANSI: up to the first line of the last drawing, each line cleared and written anew.
// Nothing else may write to the terminal meanwhile; whoever must (a log line) goes through `print`.

import { styleText } from 'node:util';
import type { Size } from './view.ts';

export interface Stream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

const csi = '\u001b[';
const hideCursor = `${csi}?25l`;
const showCursor = `${csi}?25h`;
const clearBelow = `${csi}0J`;
const clearToEnd = `${csi}K`;

export class Terminal {
  readonly #stream: Stream;
  #drawn: readonly string[] = [];
  #drawnColumns = 0;
  #state: 'open' | 'closed' = 'open';

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  get size(): Size {
    return { columns: this.#stream.columns ?? 80, rows: this.#stream.rows ?? 24 };
  }

  /** Replaces what was drawn before; without effect once closed. */
  draw(lines: readonly string[]): void {
    if (this.#state === 'closed') return;
    const body = lines.map((line) => `${paint(line)}${clearToEnd}\n`).join('');
    this.#stream.write(`${hideCursor}${this.#rewind()}${body}${clearBelow}`);
    this.#drawn = lines;
    this.#drawnColumns = this.size.columns;
  }

  /** Writes a line that stays, above the drawing. */
  print(line: string): void {
    const drawn = this.#drawn;
    this.#stream.write(`${this.#rewind()}${clearBelow}${line}\n`);
    this.#drawn = [];
    if (this.#state === 'open' && drawn.length > 0) this.draw(drawn);
  }

  /** The last drawing stays, and the cursor is back below it. Idempotent. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#stream.write(showCursor);
    this.#drawn = [];
  }

  #rewind(): string {
    const { columns } = this.size;
    // A terminal that became narrower has wrapped the lines that were drawn for its old width.
    const rows = this.#drawn.reduce(
      (sum, line) =>
        sum + (columns < this.#drawnColumns ? Math.max(1, Math.ceil(line.length / columns)) : 1),
      0,
    );
    return rows === 0 ? '' : `\r${csi}${rows}A`;
  }
}

// `styleText` leaves the text alone where NO_COLOR or the terminal says so.
function paint(line: string): string {
  return line
    .replace(/█+/g, (bar) => styleText('green', bar))
    .replace(/▒+/g, (bar) => styleText('cyan', bar))
    .replace(/░+/g, (bar) => styleText('dim', bar))
    .replace(/\d+ failing.*$/, (text) => styleText('red', text))
    .replace('SIMULATED', (text) => styleText('bold', text));
}
