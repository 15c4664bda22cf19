import { describe, expect, test } from 'vitest';
import { nameObject, pick, type Rendered, render, type Values } from './helm.ts';
import { type Right, rights } from './rights.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role extends Rendered {
  readonly rules: readonly Rule[];
}

interface Binding extends Rendered {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string }[];
}

/** What together grants everything that the chart can grant. */
const everything: Values = {
  pulls: { createNamespace: false },
  rbac: { pendingPods: true, events: true },
};

const variants: readonly (readonly [string, Values])[] = [
  ['none', {}],
  ['everything', everything],
  ['rbac.pendingPods', { rbac: { pendingPods: true } }],
  ['rbac.events', { rbac: { events: true } }],
  ['tls.mode=secret', { tls: { mode: 'secret', secretName: 'own' } }],
  ['tls.mode=certManager', { tls: { mode: 'certManager' } }],
  ['admissionPolicies.enabled=false', { admissionPolicies: { enabled: false } }],
  ['networkPolicies.enabled', { networkPolicies: { enabled: true } }],
];

describe('rights', () => {
  test.for(variants)('with %s, everything granted is on the list', async ([, values]) => {
    const listed = new Set(rights.flatMap(spell));
    const granted = await findGrants(values);
    expect(granted.filter((right) => !listed.has(right))).toEqual([]);
  });

  test('everything on the list is granted by some value', async () => {
    const granted = new Set(await findGrants(everything));
    expect(rights.flatMap(spell).filter((right) => !granted.has(right))).toEqual([]);
  });

  test('what the values of rbac grant is not granted by default', async () => {
    const byDefault = await findGrants({});
    expect(byDefault.filter((right) => right.includes('events'))).toEqual([]);
    expect(byDefault.filter((right) => /coordinator cluster \/pods/.test(right))).toEqual([]);
  });

  test('Secrets are granted by name only, and only where the coordinator keeps its own', async () => {
    const secrets = (granted: readonly string[]) =>
      granted.filter(
        (right) => right.startsWith('forehold-coordinator') && / \/secrets/.test(right),
      );
    expect(secrets(await findGrants({}))).toEqual(
      ['get', 'update'].map(
        (verb) => `forehold-coordinator forehold /secrets forehold-tls ${verb}`,
      ),
    );
    expect(secrets(await findGrants({ tls: { mode: 'certManager' } }))).toEqual([]);
  });

  test('reading is part of the role view, and writing of no role that is there already', async () => {
    const roles = (await render()).filter(({ kind }) => kind === 'ClusterRole');
    const aggregated = roles.filter(({ metadata }) =>
      Object.keys(metadata.labels ?? {}).some((key) => key.includes('aggregate')),
    );
    expect(aggregated.map(nameObject)).toEqual(['ClusterRole forehold-viewer']);
    expect(aggregated[0]?.metadata.labels).toMatchObject({
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
    });
  });

  test('no account is given a token that it did not ask for', async () => {
    const objects = await render();
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts).toHaveLength(5);
    for (const account of accounts)
      expect(account).toHaveProperty('automountServiceAccountToken', false);
  });
});

/** ACCOUNT SCOPE GROUP/RESOURCE NAME VERB, one line for each. */
async function findGrants(values: Values): Promise<readonly string[]> {
  const objects = await render(values);
  return objects.filter(isBinding).flatMap((binding) => {
    const { namespace } = binding.metadata;
    const { kind, name } = binding.roleRef;
    const role = pick(
      objects,
      `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`,
    );
    if (!isRole(role)) throw new Error(`${nameObject(role)} has no rules`);
    return binding.subjects.flatMap((subject) => {
      expect(subject.kind).toBe('ServiceAccount');
      return spellRules(`${subject.name} ${namespace ?? 'cluster'}`, role.rules);
    });
  });
}

function spellRules(who: string, rules: readonly Rule[]): readonly string[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames = ['*'], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) =>
          verbs.map((verb) => `${who} ${group}/${resource} ${name} ${verb}`),
        ),
      ),
    ),
  );
}

function spell({ account, scope, resource, names = ['*'], verbs }: Right): readonly string[] {
  return names.flatMap((name) =>
    verbs.map((verb) => `${account} ${scope} ${resource} ${name} ${verb}`),
  );
}

function isBinding(object: Rendered): object is Binding {
  return object.kind.endsWith('RoleBinding');
}

function isRole(object: Rendered): object is Role {
  return 'rules' in object;
}
