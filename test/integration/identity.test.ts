// Coordinator and agents with tokens, from end to end: the whole of a pull, what it costs the API server in reviews, and
// tokens that rotate under open sessions.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { Agent } from '../../agent/agent.ts';
import { SessionToken } from '../../agent/session-token.ts';
import type { TransportTls } from '../../agent/transport.ts';
import { x509Issuer } from '../../coordinator/tls/issue.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { openKubeClient } from '../../shared/kube-client.ts';
import { openLog } from '../../shared/log.ts';
import { waitUntil } from '../coordinator/stand.ts';
import { createImage, startTokenStand, type TokenStand } from './token-stand.ts';

const lives: AbortController[] = [];

afterEach(() => {
  for (const life of lives.splice(0)) life.abort(new Error('the test is over'));
});

/** An agent as its DaemonSet would start it, with a token that can be rotated. */
async function startAgent(stand: TokenStand, nodeName: string, tls?: TransportTls) {
  const pod = await stand.agentOn(nodeName);
  let { token } = pod;
  const life = new AbortController();
  lives.push(life);
  const agent = new Agent({
    nodeName,
    namespace: stand.cluster.pullNamespace,
    coordinator: `127.0.0.1:${stand.grpcPort}`,
    kube: openKubeClient({ url: stand.url, userAgent: 'forehold-agent' }),
    clock: stand.clock,
    random: Math.random,
    log: openLog('agent', 'silent'),
    sessionToken: new SessionToken(() => token),
    tls,
  });
  agent.run(life.signal).catch(() => undefined);
  const rotate = async (): Promise<void> => {
    token = await pod.newToken();
  };
  return { rotate, life };
}

function sessionsOf({ coordinator }: TokenStand): (string | undefined)[] {
  return [...coordinator.nodes()].filter((node) => node.connected).map((node) => node.sessionId);
}

function reviewsOf({ cluster }: TokenStand): number {
  return cluster.requests
    .entries()
    .filter(({ resource, userAgent }) => resource === 'tokenreviews' && userAgent === coordinator)
    .length;
}

const coordinator = 'forehold-coordinator';

/** One image, pulled to every node. */
async function warm(stand: TokenStand): Promise<void> {
  await createImage(stand);
  const image = () => [...stand.coordinator.images()].at(0);
  const nodes = stand.cluster.nodeNames().length;
  await waitUntil(() => image()?.nodesReady === nodes, 30_000);
}

/** A folder as cert-manager would fill it. */
async function makeCertificates(serverName: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'forehold-identity-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const nowMs = Date.now();
  const validity = { notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 86_400_000 };
  const authority = await x509Issuer.issueAuthority(validity);
  const serving = await x509Issuer.issueServing(authority, [serverName], validity);
  await writeFile(join(directory, 'ca.crt'), authority.certificate);
  await writeFile(join(directory, 'tls.crt'), serving.certificate);
  await writeFile(join(directory, 'tls.key'), serving.key);
  return directory;
}

describe('agents with tokens', () => {
  test('an image comes to every node, for one review a session', async () => {
    const stand = await startTokenStand({ nodes: 3, clock: openSystemClock(10) });
    for (const node of stand.cluster.nodeNames()) await startAgent(stand, node);
    await warm(stand);
    expect(reviewsOf(stand)).toBe(3);
    // What anybody may read without a token names neither nodes nor images.
    const metrics = await (await fetch(`http://127.0.0.1:${stand.httpPort}/metrics`)).text();
    const names = stand.cluster.nodeNames();
    const uids = names.map((name) => stand.cluster.store.get('nodes', { name }).metadata.uid);
    for (const secret of [...names, ...uids, 'registry.example/a']) {
      expect(metrics).toContain('forehold_pulls_total');
      expect(metrics).not.toContain(secret);
    }
  });

  test('over TLS as well', async () => {
    const serverName = 'forehold-sessions.forehold.svc';
    const directory = await makeCertificates(serverName);
    const tls = { kind: 'files', directory, caConfigMap: 'forehold-ca' } as const;
    const stand = await startTokenStand({ nodes: 2, clock: openSystemClock(10), tls });
    const trust = { caFile: join(directory, 'ca.crt'), serverName };
    for (const node of stand.cluster.nodeNames()) await startAgent(stand, node, trust);
    await warm(stand);
    expect(reviewsOf(stand)).toBe(2);
  });

  test('a rotated token costs one review and no session', async () => {
    const stand = await startTokenStand({ nodes: 2, clock: openSystemClock(10) });
    const agents = [];
    for (const node of stand.cluster.nodeNames()) agents.push(await startAgent(stand, node));
    await waitUntil(() => sessionsOf(stand).length === 2, 20_000);
    const before = sessionsOf(stand);
    for (const { rotate } of agents) await rotate();
    await waitUntil(() => reviewsOf(stand) === 4, 20_000);
    expect(sessionsOf(stand)).toEqual(before);
  });

  test('an agent that comes back soon costs no review', async () => {
    const stand = await startTokenStand({ nodes: 1 });
    const { token } = await stand.agentOn('node-01');
    for (let times = 0; times < 5; times += 1) {
      const agent = stand.dial(`Bearer ${token}`);
      await agent.open(stand.hello('node-01'));
      agent.close();
    }
    expect(reviewsOf(stand)).toBe(1);
  });
});
