// The way through a kubeconfig, up to where it ends: what it needs, and what it says when it does not get it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ClusterSettings, connectThroughCluster } from '../../cli/connect/through-cluster.ts';
import { runCommand } from '../../cli/run.ts';
import { x509Issuer } from '../../coordinator/tls/issue.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { EmbeddedCluster } from '../../sim/embedded-cluster.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { describeKubeconfig, Front } from './front.ts';

const credential = 'kubeconfig-credential-of-ada';
const folder = mkdtempSync(join(tmpdir(), 'forehold-cli-'));
let cluster: EmbeddedCluster;
let front: Front;
let kubeconfig: string;

beforeEach(async () => {
  cluster = new EmbeddedCluster({
    clock: openSystemClock(),
    seed: 1,
    nodes: 0,
    systemNamespace: 'forehold',
  });
  const { url } = await cluster.start();
  front = new Front({ url, credential });
  kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, describeKubeconfig({ url: await front.start(), credential }));
});

afterEach(async () => {
  front.stop();
  await cluster.stop();
});

afterAll(() => rmSync(folder, { recursive: true }));

function lead(holderIdentity: string): void {
  cluster.store.create('leases', {
    metadata: { name: 'forehold-coordinator', namespace: 'forehold' },
    spec: { holderIdentity },
  });
}

async function publishCa(text?: string): Promise<void> {
  const { wallMs } = openSystemClock().now();
  const validity = { notBeforeMs: wallMs - 1_000, notAfterMs: wallMs + 600_000 };
  const authority = await x509Issuer.issueAuthority(validity);
  cluster.store.create('configmaps', {
    metadata: { name: 'forehold-ca', namespace: 'forehold-pulls' },
    data: { 'ca.crt': text ?? authority.certificate },
  });
}

async function run(argv: readonly string[], hasKubeconfig = false) {
  const complaints: string[] = [];
  const output = {
    print: (line: string) => complaints.push(`printed ${line}`),
    complain: (line: string) => complaints.push(line),
  };
  const environment = { coordinator: undefined, hasKubeconfig, user: 'ada' };
  const { signal } = new AbortController();
  const code = await runCommand(argv, environment, output, signal);
  return { code, complaint: complaints.join('\n') };
}

interface Case {
  readonly name: string;
  readonly arrange: () => unknown;
  readonly argv?: readonly string[];
  readonly says: RegExp;
}

const tokenPath = /\/serviceaccounts\/[a-z-]+\/token$/;

const cases: readonly Case[] = [
  {
    name: 'Forehold is not in this namespace',
    arrange: () => undefined,
    says: /^forehold: cannot find the coordinator in namespace forehold: there is no lease forehold-coordinator; is Forehold installed there\? name the namespace with --namespace$/,
  },
  {
    name: 'nobody leads',
    arrange: () => lead(''),
    says: /none leads at this moment; try again in half a minute, or look at its pods$/,
  },
  {
    name: 'the Lease may not be read',
    arrange: () =>
      front.refusals.push({ method: 'GET', path: /leases/, status: 403, message: 'no' }),
    says: /: you need the right to get leases\.coordination\.k8s\.io forehold-coordinator in namespace forehold \(no\)$/,
  },
  {
    name: 'there is no CA',
    arrange: () => lead('pod-1'),
    says: /^forehold: cannot read the coordinator's CA in namespace forehold-pulls: there is no ConfigMap forehold-ca; name the agents' namespace with --pull-namespace$/,
  },
  {
    name: 'the CA is empty',
    arrange: () => {
      lead('pod-1');
      return publishCa('');
    },
    says: /ConfigMap forehold-ca has no ca\.crt yet; the coordinator writes it when it starts$/,
  },
  {
    name: 'the CA is none',
    arrange: () => {
      lead('pod-1');
      return publishCa('-----BEGIN CERTIFICATE-----');
    },
    says: /^forehold: cannot dial: the CA file holds no certificate/,
  },
  {
    name: 'a viewer token may not be made',
    arrange: () => {
      lead('pod-1');
      const published = publishCa();
      front.refusals.push({ method: 'POST', path: tokenPath, status: 403, message: 'no' });
      return published;
    },
    says: /^forehold: cannot get a token of service account forehold-viewer in namespace forehold: you need the right to create serviceaccounts\/token of forehold-viewer in namespace forehold \(no\)$/,
  },
  {
    name: 'an operator token may not be made',
    arrange: () => {
      lead('pod-1');
      const published = publishCa();
      front.refusals.push({ method: 'POST', path: tokenPath, status: 403, message: 'no' });
      return published;
    },
    argv: ['pause', '--all'],
    says: /create serviceaccounts\/token of forehold-operator in namespace forehold \(no\)$/,
  },
  {
    name: 'the credential is not accepted',
    arrange: () =>
      front.refusals.push({ method: 'GET', path: /./, status: 401, message: 'Unauthorized' }),
    says: /the API server does not accept your credentials \(Unauthorized\)$/,
  },
  {
    name: 'ports may not be forwarded',
    arrange: () => {
      lead('pod-1');
      const published = publishCa();
      front.forwards.set('pod-1:7443', 1);
      front.refusals.push({ method: 'GET', path: /portforward/, status: 403, message: 'no' });
      return published;
    },
    says: /^forehold: cannot forward a port to 7443 of pod pod-1 in namespace forehold: you need the rights to get and create pods\/portforward there \(.*403.*\)$/,
  },
  {
    name: "the leader's pod is gone",
    arrange: () => {
      lead('pod-1');
      return publishCa();
    },
    says: /pod pod-1 in namespace forehold: the pod is gone; try again in half a minute \(.*404.*\)$/,
  },
  {
    name: 'nothing listens in the pod',
    arrange: () => {
      lead('pod-1');
      const published = publishCa();
      front.forwards.set('pod-1:7443', 1);
      return published;
    },
    says: /^forehold: cannot forward a port to 7443 of pod pod-1 in namespace forehold: .*ECONNREFUSED/,
  },
];

describe('runCommand through a kubeconfig', () => {
  test.for(cases)('says so when $name', async ({ arrange, argv = ['nodes'], says }) => {
    await arrange();
    const ran = await run([...argv, '--kubeconfig', kubeconfig]);
    expect(ran).toEqual({ code: 1, complaint: expect.stringMatching(says) });
  });

  test('a token is asked for once in nine minutes, for ten', async () => {
    lead('pod-1');
    await publishCa();
    const clock = new VirtualClock({ wallMs: Date.now() });
    const settings: ClusterSettings = {
      kind: 'cluster',
      kubeconfig,
      context: undefined,
      hasDefault: false,
      namespace: 'forehold',
      pullNamespace: 'forehold-pulls',
    };
    const connection = await connectThroughCluster(settings, 'viewer', clock);
    const first = await connection.token();
    await clock.advance(8 * 60_000);
    expect(await connection.token()).toBe(first);
    const minted = () => front.requests.filter(({ line }) => line.startsWith('POST')).length;
    expect(minted()).toBe(1);
    await clock.advance(90_000);
    expect(await connection.token()).not.toBe('');
    expect(minted()).toBe(2);
    connection.close();
    expect(connection.trust?.serverName).toBe('forehold.forehold.svc');
  });

  test('the API server does not answer', async () => {
    front.stop();
    const { code, complaint } = await run(['nodes', '--kubeconfig', kubeconfig]);
    expect(code).toBe(1);
    expect(complaint).toMatch(/^forehold: cannot ask the API server http:\/\/127\.0\.0\.1:\d+: /);
  });

  test('no such file, no such context, no context at all', async () => {
    const missing = await run(['nodes', '--kubeconfig', join(folder, 'none')]);
    expect(missing.complaint).toMatch(
      /^forehold: cannot read the kubeconfig .*none: no such file$/,
    );
    const elsewhere = await run(['nodes', '--kubeconfig', kubeconfig, '--context', 'there']);
    expect(elsewhere.complaint).toBe(
      'forehold: cannot use context there: the kubeconfig has none of this name',
    );
    writeFileSync(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', contexts: [] }));
    const empty = await run(['nodes', '--kubeconfig', kubeconfig]);
    expect(empty.complaint).toMatch(/^forehold: cannot (find a cluster|read the kubeconfig)/);
  });
});
