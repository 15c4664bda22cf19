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
// biome-ignore lint/correctness/noUnresolvedImports: a CommonJS module is its own default export.
import descriptor from 'protobufjs/ext/descriptor/index.js';
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
 * The contract as reflection tells it: fields spelt as in the files, JSON names beside them, and each file with what it
 * imports. The loader leaves out the last two and misnames the entries of maps; grpcurl then finds no Timestamp.
 * @param others types of other services on the same server
 */
export function loadDescription(others: PackageDefinition = {}): PackageDefinition {
  const own = loadSync(files, { keepCase: true, includeDirs: [findProtoFolder()] });
  const definition = { ...own, ...others };
  const completed = new Map<Buffer, Buffer>();
  return Object.fromEntries(
    Object.entries(definition).map(([name, part]) => [
      name,
      isType(part)
        ? { ...part, fileDescriptorProtos: completeAll(part.fileDescriptorProtos, completed) }
        : part,
    ]),
  );
}

function isType(
  part: AnyDefinition,
): part is MessageTypeDefinition<object, object> | EnumTypeDefinition {
  return Array.isArray(part['fileDescriptorProtos']);
}

// Every type brings the same few files along; each is completed once.
function completeAll(binaries: readonly Buffer[], completed: Map<Buffer, Buffer>): Buffer[] {
  return binaries.map((binary) => {
    const known = completed.get(binary) ?? completeFile(binary);
    completed.set(binary, known);
    return known;
  });
}

interface FileDescription {
  readonly name?: string;
  readonly messageType?: readonly MessageDescription[];
}

interface MessageDescription {
  readonly name?: string;
  readonly field?: readonly { readonly name: string; readonly typeName?: string }[];
  readonly nestedType?: readonly MessageDescription[];
  readonly options?: { readonly mapEntry?: boolean };
}

function completeFile(binary: Buffer): Buffer {
  const { FileDescriptorProto: type } = descriptor;
  const file: FileDescription = type.toObject(type.decode(binary));
  const whole = {
    ...file,
    dependency: file.name === wellKnownFile ? [] : [wellKnownFile],
    messageType: file.messageType?.map(completeMessage),
  };
  return Buffer.from(type.encode(type.fromObject(whole)).finish());
}

function completeMessage(message: MessageDescription): MessageDescription {
  const nested = message.nestedType ?? [];
  const maps = new Set(nested.filter(({ options }) => options?.mapEntry).map(({ name }) => name));
  const fields = (message.field ?? []).map((field) => ({
    ...field,
    jsonName: toJsonName(field.name),
    ...(maps.has(field.typeName) ? { typeName: `${field.typeName}Entry` } : {}),
  }));
  return {
    ...message,
    field: fields,
    nestedType: nested.map((type) => completeMessage(maps.has(type.name) ? nameEntry(type) : type)),
  };
}

// Protobuf wants the message behind the map field `statuses` to be called StatusesEntry.
function nameEntry(type: MessageDescription): MessageDescription {
  return { ...type, name: `${type.name}Entry` };
}

function toJsonName(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
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
