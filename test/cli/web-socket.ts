// As much of RFC 6455 as a port-forward needs: binary frames in one piece.

const opcodes = { binary: 2, close: 8 } as const;

export interface WebSocketFrames {
  take(chunk: Buffer): void;
}

/** What a server sends: one binary frame, unmasked. */
export function writeFrame(payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcodes.binary, length]), payload]);
  const isShort = length < 65_536;
  const head = Buffer.alloc(isShort ? 4 : 10);
  head[0] = 0x80 | opcodes.binary;
  head[1] = isShort ? 126 : 127;
  if (isShort) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** What a client sends: masked frames, in whatever pieces the network makes of them. */
export function readFrames(onPayload: (payload: Buffer) => void): WebSocketFrames {
  let rest: Buffer = Buffer.alloc(0);
  return {
    take: (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let frame = readFrame(rest); frame !== undefined; frame = readFrame(rest)) {
        rest = rest.subarray(frame.sizeBytes);
        if (frame.opcode === opcodes.binary) onPayload(frame.payload);
      }
    },
  };
}

function readFrame(bytes: Buffer) {
  if (bytes.length < 2) return undefined;
  const opcode = bytes.readUInt8(0) & 0x0f;
  const short = bytes.readUInt8(1) & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const headBytes = 2 + lengthBytes + 4;
  if (bytes.length < headBytes) return undefined;
  const length =
    lengthBytes === 0
      ? short
      : lengthBytes === 2
        ? bytes.readUInt16BE(2)
        : Number(bytes.readBigUInt64BE(2));
  const sizeBytes = headBytes + length;
  if (bytes.length < sizeBytes) return undefined;
  const mask = bytes.subarray(headBytes - 4, headBytes);
  const payload = Buffer.from(bytes.subarray(headBytes, sizeBytes));
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0);
  return { opcode, payload, sizeBytes };
}
