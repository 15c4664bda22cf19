// JSON schemas of Kubernetes' own kinds, for kubeconform, out of the API description that each Kubernetes release carries in
// its source module: the Go module proxy has that, for every version, and Go keeps it outside this repository. Strict: an
// object takes no fields but those it names.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runCommand } from '../e2e/harness/commands.ts';
import { chartPath } from './helm.ts';
import { isFields } from './paths.ts';

type Schema = Readonly<Record<string, unknown>>;

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

// The newest patch of each version that the chart accepts.
export const kubernetesVersions = ['v1.33.13', 'v1.34.4', 'v1.35.4', 'v1.36.3'] as const;

const downloadTimeoutMs = 600_000;
const quantity = { type: ['string', 'number'] };
const intOrString = { type: ['string', 'integer'] };
const dropped = ['description', 'default', 'format'];

/** Writes KIND-GROUP-VERSION.json for every kind of that version, and for the kinds of the chart. */
export async function writeSchemas(version: string, folder: string): Promise<void> {
  const module = `k8s.io/kubernetes@${version}`;
  const answer = await runCommand('go', ['mod', 'download', '-json', module], {
    timeoutMs: downloadTimeoutMs,
  });
  const { Dir: source }: { Dir: string } = JSON.parse(answer);
  const text = readFileSync(join(source, 'api/openapi-spec/swagger.json'), 'utf8');
  const { definitions }: { definitions: Readonly<Record<string, Schema>> } = JSON.parse(text);
  const all = { ...definitions, ...readOwnKinds() };
  const strict = new Map(Object.entries(all).map(([name, part]) => [name, makeStrict(part)]));
  for (const [name, part] of Object.entries(all)) {
    const kinds = part['x-kubernetes-group-version-kind'];
    const [gvk, other] = isKinds(kinds) ? kinds : [];
    // Options of requests are kinds of every group.
    if (gvk === undefined || other !== undefined) continue;
    const schema = { $ref: `#/definitions/${name}`, definitions: gather(name, strict) };
    writeFileSync(join(folder, fileName(gvk)), JSON.stringify(schema));
  }
}

function fileName({ group, version, kind }: GroupVersionKind): string {
  const [first = ''] = group.split('.');
  return `${[kind, ...(first === '' ? [] : [first]), version].join('-').toLowerCase()}.json`;
}

/** Schemas of the chart's own kinds, as the API server would describe them. */
function readOwnKinds(): Readonly<Record<string, Schema>> {
  const folder = join(chartPath('forehold'), 'crds');
  const found: Record<string, Schema> = {};
  for (const file of readdirSync(folder)) {
    const { spec } = parse(readFileSync(join(folder, file), 'utf8'));
    for (const { name: version, schema } of spec.versions) {
      const gvk = { group: spec.group, version, kind: spec.names.kind };
      found[`${spec.names.kind}.${version}`] = {
        ...schema.openAPIV3Schema,
        'x-kubernetes-group-version-kind': [gvk],
      };
    }
  }
  return found;
}

function makeStrict(part: Schema): Schema {
  if (part['format'] === 'int-or-string' || part['x-kubernetes-int-or-string'] === true)
    return intOrString;
  const kept = Object.entries(part).filter(
    ([key]) => !key.startsWith('x-') && !dropped.includes(key),
  );
  const strict: Record<string, unknown> = Object.fromEntries(kept);
  for (const key of ['items', 'additionalProperties'])
    if (isFields(strict[key])) strict[key] = makeStrict(strict[key]);
  const { properties } = strict;
  if (!isFields(properties)) return strict;
  strict['properties'] = Object.fromEntries(
    Object.entries(properties).map(([key, below]) => [
      key,
      isFields(below) ? makeStrict(below) : below,
    ]),
  );
  const isOpen = part['x-kubernetes-preserve-unknown-fields'] === true;
  return isOpen ? strict : { additionalProperties: false, ...strict };
}

/** The definition and all that it refers to, by name. */
function gather(
  name: string,
  strict: ReadonlyMap<string, Schema>,
): Readonly<Record<string, Schema>> {
  const found: Record<string, Schema> = {};
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next in found) continue;
    const schema = next.endsWith('api.resource.Quantity') ? quantity : strict.get(next);
    if (schema === undefined) throw new Error(`there is no definition ${next}`);
    found[next] = schema;
    const references = JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g);
    for (const [, reference = ''] of references) waiting.push(reference);
  }
  return found;
}

function isKinds(value: unknown): value is readonly GroupVersionKind[] {
  return Array.isArray(value) && value.every(isFields);
}
