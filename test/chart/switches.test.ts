import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { alternatives } from './alternatives.ts';
import { environmentOf, nameObject, pick, type Rendered, render, type Values } from './helm.ts';
import { isFields, setAt } from './paths.ts';
import { readLeaves } from './values.ts';

const leaves = readLeaves('forehold');
const defaults = await render();
const coordinator = 'Deployment forehold/forehold-coordinator';

describe('values', () => {
  test('each has an alternative here, with what it changes', () => {
    expect(Object.keys(alternatives).toSorted()).toEqual(leaves.map(({ path }) => path).toSorted());
  });

  test.for(Object.entries(alternatives))('%s has an effect', async ([path, alternative]) => {
    const { beside = {}, value, words } = alternative;
    const before = hasMeaningAlone(path, beside) ? await render(beside) : defaults;
    const after = await render({ ...setAt({ ...beside }, path.split('.'), value) });
    const name = alternative.object.replace('!', '');
    if (name !== alternative.object) {
      expect(before.map(nameObject)).toContain(name);
      expect(after.map(nameObject)).not.toContain(name);
      return;
    }
    expect(stringify(pick(after, name))).toContain(words);
    const stood = before.find((object) => nameObject(object) === name);
    if (stood !== undefined) expect(stringify(stood)).not.toContain(words);
  });
});

describe('pulls.namespace', () => {
  test('moves everything that agents and pull pods need, and nothing else', async () => {
    const moved = await render({ pulls: { namespace: 'images' } });
    const text = stringify(moved);
    expect(text).not.toContain('forehold-pulls');
    const names = moved.map((object) => nameObject(object).replace(/ images\b/, ' forehold-pulls'));
    expect(names.toSorted()).toEqual(defaults.map(nameObject).toSorted());
  });
});

describe('rbac.events', () => {
  test('comes with the setting to use it, and neither is there without it', async () => {
    const role = 'Role forehold-pulls/forehold-coordinator';
    const on = await render({ rbac: { events: true } });
    expect(environmentOf(pick(on, coordinator))).toHaveProperty('FOREHOLD_READ_EVENTS', 'on');
    expect(stringify(pick(on, role))).toMatch(/- events\s+verbs:\s+- list\s*$/);
    expect(environmentOf(pick(defaults, coordinator))).not.toHaveProperty('FOREHOLD_READ_EVENTS');
    expect(stringify(pick(defaults, role))).not.toContain('events');
    expect(on.map(nameObject)).toEqual(defaults.map(nameObject));
  });
});

describe('pulls.secrets', () => {
  test('become what the kubelet reads', async () => {
    const config = '{"auths":{"r.example":{"auth":"dTpw"}}}';
    const objects = await render({
      pulls: {
        secrets: [
          { name: 'one', registry: 'r.example', username: 'u', password: 'p"\'ä' },
          { name: 'two', dockerConfigJson: config },
        ],
      },
    });
    const one = JSON.parse(readSecret(objects, 'Secret forehold-pulls/one'));
    const auth = Buffer.from('u:p"\'ä').toString('base64');
    expect(one).toEqual({ auths: { 'r.example': { username: 'u', password: 'p"\'ä', auth } } });
    expect(readSecret(objects, 'Secret forehold-pulls/two')).toBe(config);
  });
});

describe('tls.mode', () => {
  test('managed gives the coordinator one Secret by name, empty, and no volume of it', async () => {
    const objects = await render();
    expect(pick(objects, 'Secret forehold/forehold-tls')).not.toHaveProperty('data');
    const env = environmentOf(pick(objects, coordinator));
    expect(env).toMatchObject({ FOREHOLD_TLS: 'managed', FOREHOLD_TLS_SECRET: 'forehold-tls' });
    expect(env).not.toHaveProperty('FOREHOLD_TLS_DIRECTORY');
  });

  test.for([
    ['secret', { tls: { mode: 'secret', secretName: 'own' } }],
    ['certManager', { tls: { mode: 'certManager' } }],
  ] as const)('%s mounts files, and leaves Secrets alone', async ([, values]) => {
    const objects = await render(values);
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const env = environmentOf(pick(objects, coordinator));
    expect(env).toMatchObject({
      FOREHOLD_TLS: 'files',
      FOREHOLD_TLS_DIRECTORY: '/etc/forehold/tls',
      FOREHOLD_CA_CONFIG_MAP: 'forehold-ca',
    });
    expect(env).not.toHaveProperty('FOREHOLD_TLS_SECRET');
  });

  test('certManager makes an authority of its own, or uses the one that is named', async () => {
    const kinds = async (values: Values) =>
      (await render(values))
        .filter(({ apiVersion }) => apiVersion.startsWith('cert-manager.io'))
        .map(nameObject);
    expect(await kinds({ tls: { mode: 'certManager' } })).toHaveLength(4);
    const issuerRef = { kind: 'ClusterIssuer', name: 'corporate' };
    expect(await kinds({ tls: { mode: 'certManager', certManager: { issuerRef } } })).toEqual([
      'Certificate forehold/forehold-serving-certificate',
    ]);
  });
});

describe('pulls.priorityClass.name', () => {
  test('as "" makes no class, and no pull pod may be important all the same', async () => {
    const objects = await render({ pulls: { priorityClass: { name: '' } } });
    expect(objects.filter(({ kind }) => kind === 'PriorityClass')).toEqual([]);
    const policy = stringify(pick(objects, 'ValidatingAdmissionPolicy forehold-agents'));
    expect(policy).toContain('spec.?priority.orValue(0) <= 0');
    expect(policy).not.toContain('priorityClassName');
  });
});

describe('listenAddress', () => {
  test('of IPv6 puts addresses into brackets', async () => {
    expect(environmentOf(pick(await render({ listenAddress: '::' }), coordinator))).toMatchObject({
      FOREHOLD_GRPC_ADDRESS: '[::]:7443',
      FOREHOLD_HTTP_ADDRESS: '[::]:7480',
      FOREHOLD_ADVERTISED_ADDRESS: '[$(POD_IP)]:7443',
    });
  });
});

/** Whether there is something else than the defaults to compare with, and the chart renders with it. */
function hasMeaningAlone(path: string, beside: Values): boolean {
  return Object.keys(beside).length > 0 && path !== 'tls.secretName';
}

function readSecret(objects: readonly Rendered[], name: string): string {
  const secret: unknown = pick(objects, name);
  const encoded = isFields(secret) && isFields(secret['data']) ? secret['data'] : {};
  return Buffer.from(String(encoded['.dockerconfigjson']), 'base64').toString();
}
