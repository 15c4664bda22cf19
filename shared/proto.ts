// The wire contract at run time. The .proto files themselves are what runs: read from the repository in
// development, from beside the bundle when shipped. The options must agree with the flags of scripts/gen.ts,
// which make the types of the same messages.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import {
  type AnyDefinition,
  type EnumTypeDefinition,
  loadSync,
  type MessageTypeDefinition,
  type PackageDefinition,
} from '@grpc/proto-loader';
import type { ProtoGrpcType as InspectorTypes } from './gen/inspector.ts';
import type { ProtoGrpcType as SessionTypes } from './gen/session.ts';

const files = ['forehold/v1/session.proto', 'forehold/v1/inspector.proto'];

// What the loader calls the file that it makes of the well-known types.
const wellKnownFile = 'google_protobuf.proto';

export interface Contract {
  readonly SessionService: SessionTypes['forehold']['v1']['SessionService'];
  readonly InspectorService: InspectorTypes['forehold']['v1']['InspectorService'];
}

const loaded: { contract?: Contract } = {};

/** Reads the files at the first call; a process needs them once, however many agents live in it. */
export function loadContract(): Contract {
  loaded.contract ??= readContract();
  return loaded.contract;
}

function readContract(): Contract {
  const definition = loadSync(files, {
    keepCase: false,
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
    includeDirs: [findProtoFolder()],
  });
  // The loader's types do not know the files; scripts/check.ts holds the generated ones to them.
  const types = loadPackageDefinition(definition) as unknown as SessionTypes & InspectorTypes;
  return {
    SessionService: types.forehold.v1.SessionService,
    InspectorService: types.forehold.v1.InspectorService,
  };
}

/**
 * The contract as reflection tells it: fields spelt as in the files, and each file with what it imports. The loader
 * leaves imports out, and grpcurl then finds no Timestamp in it.
 */
export function loadDescription(): PackageDefinition {
  const definition = loadSync(files, { keepCase: true, includeDirs: [findProtoFolder()] });
  return Object.fromEntries(
    Object.entries(definition).map(([name, part]) => [
      name,
      isType(part)
        ? { ...part, fileDescriptorProtos: part.fileDescriptorProtos.map(addImport) }
        : part,
    ]),
  );
}

function isType(
  part: AnyDefinition,
): part is MessageTypeDefinition<object, object> | EnumTypeDefinition {
  return Array.isArray(part['fileDescriptorProtos']);
}

// Appending a field to a serialised message sets it: 3 is FileDescriptorProto.dependency, 1 its name.
function addImport(file: Buffer): Buffer {
  if (file.subarray(0, 2 + wellKnownFile.length).equals(textField(1, wellKnownFile))) return file;
  return Buffer.concat([file, textField(3, wellKnownFile)]);
}

function textField(number: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, text.length]), Buffer.from(text)]);
}

function findProtoFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = [join(here, 'proto'), join(here, '..', 'proto')].find((candidate) =>
    existsSync(join(candidate, 'forehold')),
  );
  if (folder === undefined)
    throw new Error(`cannot load the wire contract: no folder proto beside or above ${here}`);
  return folder;
}
