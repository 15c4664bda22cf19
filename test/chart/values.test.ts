import { describe, expect, test } from 'vitest';
import { findRefusal, type Values } from './helm.ts';
import { isFields, setAt } from './paths.ts';
import { readLeaves, readSchema, readSchemaLeaves } from './values.ts';

const charts = ['forehold', 'forehold-crds'] as const;

/** Read by helm and by charts above these ones. */
const ofParents = ['global', 'enabled'];

const openOnPurpose = [
  // A chart above this one may have global values of its own.
  '/properties/global',
];

describe('values.yaml', () => {
  test.for(charts)('%s: every value is commented', (chart) => {
    const leaves = readLeaves(chart);
    expect(leaves.length).toBeGreaterThan(2);
    expect(leaves.filter(({ comment }) => comment.trim() === '').map(({ path }) => path)).toEqual(
      [],
    );
  });

  test.for(charts)('%s: values and schema have the same fields', (chart) => {
    const stated = readLeaves(chart).map(({ path }) => path);
    const known = readSchemaLeaves(chart).filter((path) => !ofParents.includes(path));
    expect(stated.toSorted(compare)).toEqual(known.toSorted(compare));
  });
});

describe('values.schema.json', () => {
  test.for(charts)('%s: every object but a map refuses what it does not know', (chart) => {
    expect(openObjects(readSchema(chart), '')).toEqual([
      ...(chart === 'forehold' ? openOnPurpose : []),
    ]);
  });

  test.for(['', 'coordinator', 'agent', 'pulls', 'tls', 'networkPolicies', 'uninstallHook'])(
    'a misspelt value below "%s" is refused',
    async (path) => {
      const values = setAt({}, [...path.split('.').filter(Boolean), 'enabledd'], true);
      expect(await findRefusal({ ...values })).toContain("additional properties 'enabledd'");
    },
  );

  test.for<[what: string, values: Values, words: string]>([
    ['no replica', { coordinator: { replicas: 0 } }, '/coordinator/replicas'],
    ['half a replica', { coordinator: { replicas: 1.5 } }, '/coordinator/replicas'],
    ['an unknown log level', { logLevel: 'loud' }, '/logLevel'],
    ['a tag with a space', { image: { tag: 'a b' } }, '/image/tag'],
    ['a digest that is none', { image: { digest: 'sha256:12' } }, '/image/digest'],
    ['a registry with a scheme', { global: { imageRegistry: 'https://x' } }, '/global/imageReg'],
    ['a namespace with capitals', { pulls: { namespace: 'Pulls' } }, '/pulls/namespace'],
    ['no agent at a time', { agent: { maxUnavailable: 0 } }, '/agent/maxUnavailable'],
    ['0 % of agents', { agent: { maxUnavailable: '0%' } }, '/agent/maxUnavailable'],
    ['101 % of agents', { agent: { maxUnavailable: '101%' } }, '/agent/maxUnavailable'],
    ['tokens of a minute', { agent: { tokenExpirationSeconds: 60 } }, '/agent/tokenExp'],
    ['important pull pods', { pulls: { priorityClass: { value: 1 } } }, '/pulls/priorityClass'],
    [
      'critical pull pods',
      { pulls: { priorityClass: { name: 'system-node-critical' } } },
      '/pulls/priorityClass/name',
    ],
    ['plain text', { tls: { mode: 'off' } }, '/tls/mode'],
    ['a duration in words', { tls: { certManager: { duration: 'a year' } } }, 'certManager'],
    [
      'our own label',
      { commonLabels: { 'app.kubernetes.io/managed-by': 'forehold' } },
      '/commonLabels',
    ],
    ['a selector label', { agent: { podLabels: { 'app.kubernetes.io/name': 'x' } } }, 'podLabels'],
    ['a number as label', { commonLabels: { team: 1 } }, '/commonLabels/team'],
    ['a pull secret without content', { pulls: { secrets: [{ name: 'a' }] } }, '/pulls/secrets'],
    [
      'a pull secret with both contents',
      {
        pulls: {
          secrets: [
            { name: 'a', dockerConfigJson: '{}', registry: 'r', username: 'u', password: 'p' },
          ],
        },
      },
      '/pulls/secrets/0',
    ],
    ['an image without spec', { cachedImages: [{ name: 'web' }] }, '/cachedImages/0'],
    ['a limit of nothing', { limits: [{ name: 'a', per: 'cluster' }] }, '/limits/0'],
    ['a limit without name', { limits: [{ per: 'cluster' }] }, '/limits/0'],
    ['a port that is none', { networkPolicies: { apiPorts: [0] } }, '/networkPolicies/apiPorts'],
    ['all addresses as a word', { networkPolicies: { apiServerCidrs: ['any'] } }, 'apiServerCidrs'],
    ['env without name', { agent: { extraEnv: [{ value: 'x' }] } }, '/agent/extraEnv/0'],
    ['a registry pattern', { admissionPolicies: { registries: { allowed: ['*'] } } }, 'allowed/0'],
  ])('%s is refused', async ([, values, words]) => {
    expect(await findRefusal(values)).toContain(words);
  });

  test.for<[what: string, values: Values, words: string]>([
    ['the release namespace for pulls', { pulls: { namespace: 'forehold' } }, 'must not be'],
    ['a Secret without name', { tls: { mode: 'secret' } }, 'tls.secretName is needed'],
    [
      'two lists of registries',
      { admissionPolicies: { registries: { allowed: ['a'], configMap: 'b' } } },
      'not both',
    ],
    [
      'a list of registries that nothing reads',
      { admissionPolicies: { enabled: false, registries: { allowed: ['a'] } } },
      'needs admissionPolicies.enabled',
    ],
  ])('%s is refused with what to do', async ([, values, words]) => {
    expect(await findRefusal(values)).toContain(words);
  });
});

/** Paths inside the schema of objects that name fields but let others pass. */
function openObjects(part: unknown, path: string): readonly string[] {
  if (!isFields(part)) return [];
  const isOpen = isFields(part['properties']) && part['additionalProperties'] === undefined;
  const below = Object.entries(part).flatMap(([name, value]) =>
    openObjects(value, `${path}/${name}`),
  );
  return isOpen ? [path, ...below] : below;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : 1;
}
