// A tar archive of a few small entries, as an image layer needs it (POSIX ustar).

export interface TarEntry {
  readonly path: string;
  readonly content: Buffer;
  /** Permission bits, such as 0o755. */
  readonly mode: number;
}

const blockBytes = 512;

export function packTar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => [
    formatHeader(entry),
    entry.content,
    Buffer.alloc((blockBytes - (entry.content.length % blockBytes)) % blockBytes),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

function formatHeader(entry: TarEntry): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(entry.path, 0, 100);
  header.write(octal(entry.mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(entry.content.length, 11), 124);
  header.write(octal(0, 11), 136);
  // The checksum counts its own field as spaces.
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
