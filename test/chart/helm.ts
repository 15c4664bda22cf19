// The charts as helm renders them, in both versions of helm where both are there. Values go in as one YAML file, so that
// types are what the test says and not what --set guesses; objects come out as they would go to the API server.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import { findProgram, runCommand } from '../e2e/harness/commands.ts';
import { isFields } from './paths.ts';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const releaseNamespace = 'forehold';

export type Values = Readonly<Record<string, unknown>>;

/** A rendered object; what a test wants of the rest, it asks for with `toHaveProperty` or `toMatchObject`. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

export interface RenderOptions {
  /** Folder under charts/, or a path. */
  readonly chart?: string;
  readonly helm?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
}

/** Names of the programs: helm, and helm4 where a second version stands beside it. */
export function findHelms(): readonly string[] {
  const helms = ['helm', 'helm4'].filter((name) => findProgram(name) !== undefined);
  if (helms.length > 0) return helms;
  throw new Error(
    'helm is not on PATH: install it (https://helm.sh/docs/intro/install), or put the folder on PATH that "../shared/testbed/tools/get helm helm4" filled',
  );
}

export function chartPath(chart: string): string {
  return resolve(root, 'charts', chart);
}

/** Text of `helm template`. */
export async function renderText(
  values: Values = {},
  options: RenderOptions = {},
): Promise<string> {
  const [first = 'helm'] = findHelms();
  const { chart = 'forehold', helm = first, namespace = releaseNamespace, kubeVersion } = options;
  const folder = mkdtempSync(join(tmpdir(), 'forehold-chart-'));
  try {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, stringify(values));
    const args = ['template', 'forehold', chartPath(chart), '--namespace', namespace, '-f', file];
    if (kubeVersion !== undefined) args.push('--kube-version', kubeVersion);
    return await runCommand(helm, args);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function render(
  values: Values = {},
  options: RenderOptions = {},
): Promise<readonly Rendered[]> {
  return parseObjects(await renderText(values, options));
}

export function parseObjects(text: string): readonly Rendered[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object: Rendered | null = document.toJS();
    return object === null ? [] : [object];
  });
}

/** KIND NAMESPACE/NAME, as the tests name objects. */
export function nameObject({ kind, metadata }: Rendered): string {
  const { namespace, name } = metadata;
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/**
 * The one object of that name, as `nameObject` writes it.
 * @throws Error when there is none
 */
export function pick(objects: readonly Rendered[], name: string): Rendered {
  const found = objects.find((object) => nameObject(object) === name);
  if (found === undefined)
    throw new Error(`there is no ${name} among ${objects.map(nameObject).sort().join(', ')}`);
  return found;
}

/** Refusal of `helm template`, or undefined when it renders. */
export async function findRefusal(values: Values, options: RenderOptions = {}) {
  return renderText(values, options).then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

/** Environment variables of a workload's container that have plain values. */
export function environmentOf(workload: Rendered): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const visit = (value: unknown): void => {
    if (!isFields(value)) return;
    if (typeof value['name'] === 'string' && 'value' in value)
      found[value['name']] = value['value'];
    Object.values(value).forEach(visit);
  };
  visit(workload);
  return found;
}
