// The image of a source folder, built from its Dockerfile as it is and pushed where the nodes pull from.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './commands.ts';
import { root } from './environment.ts';

export const imageRepository = 'forehold/forehold';
// From nothing the base images are made first.
const bakeTimeoutMs = 600_000;
const manifestTypes =
  'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';

interface Manifest {
  readonly layers: readonly { readonly size: number }[];
}

export function canBake(): boolean {
  return existsSync(bakeProgram());
}

/** @throws CommandError when the Dockerfile cannot be built */
export async function bakeImage(folder: string, registry: string, tag: string): Promise<void> {
  const target = `${registry}/${imageRepository}:${tag}`;
  const args = [folder, `forehold-e2e:${tag}`, '--push', target];
  await runCommand(bakeProgram(), args, { timeoutMs: bakeTimeoutMs });
}

/** Compressed size of all layers, in MiB. */
export async function measureImageMib(registry: string, tag: string): Promise<number> {
  const url = `http://${registry}/v2/${imageRepository}/manifests/${tag}`;
  const response = await fetch(url, { headers: { accept: manifestTypes } });
  const manifest: Manifest = JSON.parse(await response.text());
  return manifest.layers.reduce((sum, layer) => sum + layer.size, 0) / 1_048_576;
}

function bakeProgram(): string {
  return join(root, '../shared/testbed/tools/bake');
}
