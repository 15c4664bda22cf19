// sbom.cdx.json: the bill of materials of the bundles, as npm writes it (CycloneDX), less what is not shipped and what
// differs from run to run, so that the same sources give the same file. Node itself comes with the base image.

import { spawnSync } from 'node:child_process';
import type { ShippedPackage } from './shipped-packages.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
}

/** The parts of a CycloneDX document that are kept. */
export interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly version: number;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** @throws Error with npm's own words */
export function readNpmBom(): Bom {
  // Not --omit=dev: npm 11 then leaves out what packages of development would take as well, such as yaml.
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'];
  const npm = spawnSync('npm', args, { encoding: 'utf8' });
  if (npm.status !== 0)
    throw new Error(`npm ${args.join(' ')}: ${npm.error?.message ?? npm.stderr.trim()}`);
  const bom: Bom = JSON.parse(npm.stdout);
  return bom;
}

/** @throws Error when a shipped package does not stand in the document, which would then be wrong */
export function trimBom(bom: Bom, packages: readonly ShippedPackage[]): Bom {
  const shipped = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const components = bom.components.filter((one) => shipped.delete(`${one.name}@${one.version}`));
  if (shipped.size > 0)
    throw new Error(
      `cannot write the bill of materials: npm does not know ${[...shipped].join(', ')}`,
    );
  const { component } = bom.metadata;
  // npm takes the folder's name for the program's.
  const own = { ...component, name: component['bom-ref'].replace(/@.*/, '') };
  const refs = new Set([own, ...components].map((one) => one['bom-ref']));
  const dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((to) => refs.has(to)) }));
  const { bomFormat, specVersion, version } = bom;
  return {
    bomFormat,
    specVersion,
    version,
    metadata: { component: own },
    components,
    dependencies,
  };
}
