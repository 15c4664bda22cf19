// The smallest program that ends with success: a static Linux executable of one segment, written by hand, so that the
// suite needs no base image from anywhere.

const codeByArchitecture: Readonly<Record<string, { machine: number; code: readonly number[] }>> = {
  // mov eax, 60 (exit); xor edi, edi; syscall
  amd64: { machine: 62, code: [0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05] },
  // mov x8, #93 (exit); mov x0, #0; svc #0
  arm64: { machine: 183, code: [0xa8, 0x0b, 0x80, 0xd2, 0, 0, 0x80, 0xd2, 1, 0, 0, 0xd4] },
};

const loadAddress = 0x400000n;
const headerBytes = 64;
const segmentHeaderBytes = 56;

/**
 * @param architecture as nodes and images spell it
 * @throws Error for an architecture other than amd64 and arm64
 */
export function buildTrueProgram(architecture: string): Buffer {
  const target = codeByArchitecture[architecture];
  if (target === undefined) throw new Error(`cannot build a program for ${architecture}: unknown`);
  const entryOffset = headerBytes + segmentHeaderBytes;
  const size = BigInt(entryOffset + target.code.length);
  const head = Buffer.alloc(entryOffset);
  head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(target.machine, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(loadAddress + BigInt(entryOffset), 24);
  head.writeBigUInt64LE(BigInt(headerBytes), 32);
  head.writeUInt16LE(headerBytes, 52);
  head.writeUInt16LE(segmentHeaderBytes, 54);
  head.writeUInt16LE(1, 56);
  writeSegment(head.subarray(headerBytes), size);
  return Buffer.concat([head, Buffer.from(target.code)]);
}

// One segment: the whole file, loaded readable and executable.
function writeSegment(header: Buffer, size: bigint): void {
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(5, 4);
  header.writeBigUInt64LE(loadAddress, 16);
  header.writeBigUInt64LE(loadAddress, 24);
  header.writeBigUInt64LE(size, 32);
  header.writeBigUInt64LE(size, 40);
  header.writeBigUInt64LE(0x1000n, 48);
}
