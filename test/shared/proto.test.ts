import { service as healthService } from 'grpc-health-check';
// biome-ignore lint/correctness/noUnresolvedImports: a CommonJS module is its own default export.
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { describe, expect, test } from 'vitest';
import { loadDescription } from '../../shared/proto.ts';

describe('loadDescription', () => {
  const others = { response: healthService['List']?.responseType ?? {} };
  const binaries = Object.values(loadDescription(others)).flatMap((part) =>
    'fileDescriptorProtos' in part ? [...(part.fileDescriptorProtos as Buffer[])] : [],
  );
  const type = descriptor.FileDescriptorProto;
  const files = new Map(
    binaries.map((binary) => {
      const file = type.toObject(type.decode(binary));
      return [String(file['name']), file];
    }),
  );

  test('fields have the names of the files and of JSON', () => {
    expect(files.get('forehold_v1.proto')).toMatchObject({
      messageType: expect.arrayContaining([
        expect.objectContaining({
          name: 'Lease',
          field: expect.arrayContaining([
            expect.objectContaining({ name: 'node_name', jsonName: 'nodeName' }),
          ]),
        }),
      ]),
    });
  });

  test('every file imports the well-known types, but for those themselves', () => {
    expect([...files.keys()].sort()).toEqual([
      'forehold_v1.proto',
      'google_protobuf.proto',
      'grpc_health_v1.proto',
    ]);
    expect(files.get('forehold_v1.proto')?.['dependency']).toEqual(['google_protobuf.proto']);
    expect(files.get('google_protobuf.proto')?.['dependency'] ?? []).toEqual([]);
  });

  test('the entries of a map have the name that protobuf wants', () => {
    expect(files.get('grpc_health_v1.proto')).toMatchObject({
      messageType: expect.arrayContaining([
        expect.objectContaining({
          name: 'HealthListResponse',
          field: [expect.objectContaining({ name: 'statuses', typeName: 'StatusesEntry' })],
          nestedType: [expect.objectContaining({ name: 'StatusesEntry' })],
        }),
      ]),
    });
  });
});
