// The wire contract at run time. The .proto files themselves are what runs: read from the repository in
// development, from beside the bundle when shipped. The options must agree with the flags of scripts/gen.ts,
// which make the types of the same messages.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType as InspectorTypes } from './gen/inspector.ts';
import type { ProtoGrpcType as SessionTypes } from './gen/session.ts';

const files = ['forehold/v1/session.proto', 'forehold/v1/inspector.proto'];

export interface Contract {
  /** For reflection. */
  readonly definition: PackageDefinition;
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
    definition,
    SessionService: types.forehold.v1.SessionService,
    InspectorService: types.forehold.v1.InspectorService,
  };
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
