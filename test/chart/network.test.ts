import { describe, expect, test } from 'vitest';
import { nameObject, pick, render } from './helm.ts';

const policies = await render({
  networkPolicies: { enabled: true, apiServerCidrs: ['10.0.0.1/32'] },
});
const agents = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'forehold-pulls' } },
  podSelector: {
    matchLabels: { 'app.kubernetes.io/name': 'forehold', 'app.kubernetes.io/component': 'agent' },
  },
};

describe('network policies', () => {
  test('there are three of them', () => {
    const names = policies.filter(({ kind }) => kind === 'NetworkPolicy').map(nameObject);
    expect(names.toSorted()).toEqual([
      'NetworkPolicy forehold-pulls/forehold-agent',
      'NetworkPolicy forehold-pulls/forehold-pull-pods',
      'NetworkPolicy forehold/forehold-coordinator',
    ]);
  });

  test('only agents reach the sessions of the coordinator; everybody may scrape', () => {
    expect(pick(policies, 'NetworkPolicy forehold/forehold-coordinator')).toHaveProperty(
      'spec.ingress',
      [
        { ports: [{ port: 7443, protocol: 'TCP' }], from: [agents] },
        { ports: [{ port: 7480, protocol: 'TCP' }] },
      ],
    );
  });

  test('an agent reaches the coordinator, DNS and the API server', () => {
    expect(pick(policies, 'NetworkPolicy forehold-pulls/forehold-agent')).toHaveProperty(
      'spec.egress',
      [
        expect.objectContaining({ ports: [{ port: 7443, protocol: 'TCP' }] }),
        { ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })) },
        {
          ports: [443, 6443].map((port) => ({ port, protocol: 'TCP' })),
          to: [{ ipBlock: { cidr: '10.0.0.1/32' } }],
        },
      ],
    );
  });

  test('a pull pod reaches nobody and is reached by nobody', () => {
    const policy = pick(policies, 'NetworkPolicy forehold-pulls/forehold-pull-pods');
    expect(policy).toHaveProperty('spec.policyTypes', ['Ingress', 'Egress']);
    expect(policy).not.toHaveProperty('spec.ingress');
    expect(policy).not.toHaveProperty('spec.egress');
    expect(policy).toHaveProperty('spec.podSelector.matchExpressions', [
      { key: 'app.kubernetes.io/component', operator: 'NotIn', values: ['agent'] },
    ]);
  });
});
