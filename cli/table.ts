// Aligned columns as kubectl prints them. Cells may hold a registry's or a kubelet's own words, so whatever would
// move the cursor is taken out.

const gap = '   ';

/** Lines without trailing spaces, the header first. Rows have as many cells as the header. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const table = new GrowingTable(header, rows);
  return [table.header, ...rows.map((row) => table.render(row))];
}

/** A table whose rows come one by one: columns grow with what has been seen and never shrink. */
export class GrowingTable {
  readonly #header: readonly string[];
  readonly #widths: number[];

  constructor(header: readonly string[], rows: readonly (readonly string[])[]) {
    this.#header = header;
    this.#widths = header.map((title) => title.length);
    for (const row of rows) this.#grow(row);
  }

  get header(): string {
    return this.#pad(this.#header);
  }

  render(row: readonly string[]): string {
    this.#grow(row);
    return this.#pad(row);
  }

  #grow(row: readonly string[]): void {
    for (const [index, cell] of row.entries())
      this.#widths[index] = Math.max(this.#widths[index] ?? 0, clean(cell).length);
  }

  #pad(row: readonly string[]): string {
    return row
      .map((cell, index) => clean(cell).padEnd(this.#widths[index] ?? 0))
      .join(gap)
      .trimEnd();
  }
}

/** Empty cells are shown as `-`, so that columns can be cut out by counting. */
export function clean(cell: string): string {
  const text = cell.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return text === '' ? '-' : text;
}
