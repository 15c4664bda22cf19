import { describe, expect, test } from 'vitest';
import { type Bom, trimBom } from '../../scripts/sbom.ts';
import { readShippedPackages, type ShippedPackage } from '../../scripts/shipped-packages.ts';

const bom: Bom & { serialNumber: string } = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  serialNumber: 'urn:uuid:of-this-run',
  metadata: { component: component('forehold', '0.1.0') },
  components: [component('shipped', '1.0.0'), component('test-only', '2.0.0')],
  dependencies: [
    { ref: 'forehold@0.1.0', dependsOn: ['shipped@1.0.0', 'test-only@2.0.0'] },
    { ref: 'shipped@1.0.0', dependsOn: [] },
    { ref: 'test-only@2.0.0', dependsOn: [] },
  ],
};

function component(name: string, version: string) {
  return { 'bom-ref': `${name}@${version}`, name, version };
}

function shipped(name: string, version: string): ShippedPackage {
  return { name, version, licence: 'MIT', texts: [] };
}

describe('trimBom', () => {
  test('only what is shipped stays, and nothing that differs from run to run', () => {
    const trimmed = trimBom(bom, [shipped('shipped', '1.0.0')]);
    expect(trimmed).toEqual({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      version: 1,
      metadata: { component: component('forehold', '0.1.0') },
      components: [component('shipped', '1.0.0')],
      dependencies: [
        { ref: 'forehold@0.1.0', dependsOn: ['shipped@1.0.0'] },
        { ref: 'shipped@1.0.0', dependsOn: [] },
      ],
    });
  });

  test('a shipped package that npm does not know is an error', () => {
    expect(() => trimBom(bom, [shipped('shipped', '9.9.9')])).toThrow(
      'npm does not know shipped@9.9.9',
    );
  });
});

describe('readShippedPackages', () => {
  test('a package that went into two bundles stands there once, with its licence text', () => {
    const folder = 'node_modules/pino';
    const packages = readShippedPackages([folder, folder, 'node_modules/protobufjs']);
    expect(packages.map(({ name, licence }) => `${name} ${licence}`)).toEqual([
      'pino MIT',
      'protobufjs BSD-3-Clause',
    ]);
    expect(packages[0]?.texts.join()).toContain('Permission is hereby granted');
  });
});
