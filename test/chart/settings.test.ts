import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig as readAgentConfig } from '../../agent/config.ts';
import { readConfig as readCoordinatorConfig } from '../../coordinator/config.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { environmentOf, pick, type Rendered, render, type Values } from './helm.ts';
import { isFields } from './paths.ts';

const limits = [
  { name: 'cluster', per: 'cluster', slots: 50 },
  { name: 'hub', per: 'registry', match: { registry: 'docker.io' }, slots: 4 },
];
const variants: readonly (readonly [string, Values])[] = [
  ['no values', {}],
  ['limits', { limits }],
  ['IPv6', { listenAddress: '::' }],
  ['own certificates', { tls: { mode: 'secret', secretName: 'own' } }],
  ['cert-manager', { tls: { mode: 'certManager' } }],
  ['more names', { tls: { extraNames: ['forehold.example'], clusterDomain: 'k8s.example' } }],
  ['no priority class', { pulls: { priorityClass: { name: '', create: false } } }],
  ['events', { rbac: { events: true } }],
  ['another namespace', { pulls: { namespace: 'images' }, logLevel: 'debug' }],
];

// What the API server fills in, and where it is; an unknown variable with our prefix is an error of the programs.
const pod = {
  NODE_NAME: 'n1',
  POD_IP: '10.0.0.7',
  FOREHOLD_IDENTITY: 'forehold-coordinator-a',
  FOREHOLD_POD_NAME: 'forehold-agent-a',
};

describe.for(variants)('the programs read what the chart sets with %s', ([, values]) => {
  test('coordinator', async () => {
    const objects = await render(values);
    const workload = pick(objects, 'Deployment forehold/forehold-coordinator');
    const { FOREHOLD_POD_NAME: _, ...own } = pod;
    const environment = { ...own, ...settle(workload, readLimitsFile(objects)) };
    const config = readCoordinatorConfig({
      ...environment,
      FOREHOLD_KUBE_URL: 'https://10.96.0.1',
    });
    expect(config.grpc.port).toBe(7443);
    expect(config.tls.kind).not.toBe('off');
    expect(config.authentication).toEqual({ agentServiceAccount: 'forehold-agent' });
    expect(config.limits).toHaveLength('limits' in values ? 2 : 0);
    expect(config.readsEvents).toBe('rbac' in values);
    expect(config.advertisedAddress).toMatch(/:7443$/);
  });

  test('agent', async () => {
    const workload = (await render(values)).find(({ kind }) => kind === 'DaemonSet');
    if (workload === undefined) throw new Error('there is no DaemonSet');
    const { FOREHOLD_IDENTITY: _, ...own } = pod;
    const environment = { ...own, ...settle(workload, 'token') };
    const config = readAgentConfig(
      { ...environment, FOREHOLD_KUBE_URL: 'https://10.96.0.1' },
      openSystemClock(),
    );
    expect(config.coordinator).toBe('forehold-sessions.forehold.svc:7443');
    expect(config.namespace).toBe(workload.metadata.namespace);
  });
});

/** The container's variables, with files where they name some. */
function settle(workload: Rendered, content: string): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'forehold-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const settled = Object.entries(environmentOf(workload)).map(([name, value]) => {
    const text = String(value).replace('$(POD_IP)', pod.POD_IP);
    if (!text.startsWith('/')) return [name, text] as const;
    const path = join(folder, text);
    mkdirSync(name.endsWith('_DIRECTORY') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('_DIRECTORY')) writeFileSync(path, content);
    return [name, path] as const;
  });
  return Object.fromEntries(settled);
}

function readLimitsFile(objects: readonly Rendered[]): string {
  const map: unknown = pick(objects, 'ConfigMap forehold/forehold-limits');
  const data = isFields(map) && isFields(map['data']) ? map['data'] : {};
  return String(data['limits.yaml']);
}
