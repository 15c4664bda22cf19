import { describe, expect, test } from 'vitest';
import { loadDescription } from '../../shared/proto.ts';

describe('loadDescription', () => {
  const lease: unknown = loadDescription()['forehold.v1.Lease'];

  test('fields are spelt as in the files', () => {
    expect(lease).toMatchObject({
      type: { field: expect.arrayContaining([expect.objectContaining({ name: 'node_name' })]) },
    });
  });

  test('every file but the well-known types imports those', () => {
    // Field 3 of FileDescriptorProto, at its end.
    const imports = Buffer.from('\x1a\x15google_protobuf.proto', 'latin1');
    const files = Object.values(loadDescription()).flatMap((part) =>
      'fileDescriptorProtos' in part ? [...(part.fileDescriptorProtos as Buffer[])] : [],
    );
    const owners = files.filter((file) => file.includes('forehold_v1.proto'));
    expect(owners.length).toBeGreaterThan(0);
    for (const file of owners) expect(file.subarray(-imports.length)).toEqual(imports);
    for (const file of files.filter((candidate) => !owners.includes(candidate)))
      expect(file.includes(imports)).toBe(false);
  });
});
