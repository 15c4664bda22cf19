// What a thief of an agent's token, of a viewer's token or of nothing at all may try against the coordinator, over real
// gRPC and against an API server that issues and reviews the tokens. A stolen agent token is worth one node's session.

import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { accounts, audiences } from '../../shared/names.ts';
import { bounds } from '../../shared/protocol.ts';
import type { StatusError } from '../../shared/rpc.ts';
import { type FakeAgent, helloOf, waitUntil } from '../coordinator/stand.ts';
import { startTokenStand, type TokenStand } from './token-stand.ts';

const [node1, node2] = ['node-01', 'node-02'] as const;

/** What dials in the victim's or its own name and is refused. */
type Attack = (stand: TokenStand, victim: { readonly token: string }) => Promise<FakeAgent>;

function changeClaims(token: string, change: object): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url');
  return `${header}.${forged}.${signature}`;
}

async function sayHello(stand: TokenStand, token: string, node: string): Promise<FakeAgent> {
  const agent = stand.dial(`Bearer ${token}`);
  agent.send(stand.hello(node));
  return agent;
}

const attacks: readonly [what: string, attack: Attack, code: string, word: string][] = [
  ['no token', async ({ dial }) => dial(), 'UNAUTHENTICATED', 'NoToken'],
  [
    'two authorization values',
    async ({ dial }, { token }) => dial(`Bearer ${token}, Bearer ${token}`),
    'UNAUTHENTICATED',
    'MalformedToken',
  ],
  [
    'another scheme',
    async ({ dial }, { token }) => dial(`Basic ${token}`),
    'UNAUTHENTICATED',
    'MalformedToken',
  ],
  ['garbage', async ({ dial }) => dial('Bearer garbage'), 'UNAUTHENTICATED', 'MalformedToken'],
  [
    'an oversized token',
    async ({ dial }) => dial(`Bearer ${'a'.repeat(bounds.maxTokenBytes)}.b.c`),
    'UNAUTHENTICATED',
    'MalformedToken',
  ],
  [
    'a token of another audience',
    async (stand) => {
      const agent = await stand.agentOn(node2);
      return sayHello(stand, await agent.newToken({ audiences: ['vault'] }), node2);
    },
    'UNAUTHENTICATED',
    'WrongAudience',
  ],
  [
    "the agent's own token for the API server",
    async (stand) => {
      const agent = await stand.agentOn(node2);
      const token = await stand.tokenOf(accounts.agent, { boundObjectRef: bindingOf(agent) });
      return sayHello(stand, token, node2);
    },
    'UNAUTHENTICATED',
    'WrongAudience',
  ],
  [
    'the right audience written into a token of another one',
    async (stand) => {
      const agent = await stand.agentOn(node2);
      const token = await agent.newToken({ audiences: ['vault'] });
      return sayHello(stand, changeClaims(token, { aud: [audiences.session] }), node2);
    },
    'UNAUTHENTICATED',
    'TokenInvalid',
  ],
  [
    'another account on the right node',
    async (stand) => {
      await stand.kube.request({
        method: 'POST',
        path: `/api/v1/namespaces/${stand.cluster.pullNamespace}/serviceaccounts`,
        body: { metadata: { name: 'forehold-pull' } },
      });
      const agent = await stand.agentOn(node2, 'forehold-pull');
      return sayHello(stand, agent.token, node2);
    },
    'PERMISSION_DENIED',
    'WrongAccount',
  ],
  [
    "a viewer's token",
    async (stand) => {
      const token = await stand.tokenOf(accounts.viewer, { audiences: [audiences.inspector] });
      return sayHello(stand, token, node1);
    },
    'UNAUTHENTICATED',
    'WrongAudience',
  ],
  [
    "a viewer's token for sessions",
    async (stand) => {
      const token = await stand.tokenOf(accounts.viewer, { audiences: [audiences.session] });
      return sayHello(stand, token, node1);
    },
    'PERMISSION_DENIED',
    'WrongAccount',
  ],
  [
    'a token without a node',
    async (stand) => {
      const token = await stand.tokenOf(accounts.agent, { audiences: [audiences.session] });
      return sayHello(stand, token, node1);
    },
    'PERMISSION_DENIED',
    'NoNodeClaim',
  ],
  [
    'a token of a pod on a node that does not exist',
    async (stand) => {
      const agent = await stand.agentOn('nowhere');
      const dialled = stand.dial(`Bearer ${agent.token}`);
      dialled.send(helloOf('nowhere', 'some-uid'));
      return dialled;
    },
    'PERMISSION_DENIED',
    'NoNodeClaim',
  ],
  [
    'the token of another node',
    async (stand, victim) => sayHello(stand, victim.token, node2),
    'PERMISSION_DENIED',
    'WrongNode',
  ],
  [
    'the token of another node with its claims changed',
    async (stand) => {
      const agent = await stand.agentOn(node2);
      const { nodeUid } = stand.hello(node1);
      const bound = { node: { name: node1, uid: nodeUid } };
      return sayHello(stand, changeClaims(agent.token, { 'kubernetes.io': bound }), node1);
    },
    'UNAUTHENTICATED',
    'TokenInvalid',
  ],
  [
    'the right name with another uid',
    async (stand, victim) => {
      const agent = stand.dial(`Bearer ${victim.token}`);
      agent.send(helloOf(node1, stand.hello(node2).nodeUid));
      return agent;
    },
    'PERMISSION_DENIED',
    'WrongNode',
  ],
  [
    'an end that has passed, and one written further',
    async (stand, victim) => {
      const exp = Math.floor(stand.clock.now().wallMs / 1_000) - 1;
      return sayHello(stand, changeClaims(victim.token, { exp }), node1);
    },
    'UNAUTHENTICATED',
    'TokenExpired',
  ],
  [
    'an end written further',
    async (stand, victim) =>
      sayHello(stand, changeClaims(victim.token, { exp: 4_000_000_000 }), node1),
    'UNAUTHENTICATED',
    'TokenInvalid',
  ],
  [
    'the token of a deleted pod',
    async (stand) => {
      const agent = await stand.agentOn(node2);
      await stand.kube.request({
        method: 'DELETE',
        path: agent.path,
        body: { gracePeriodSeconds: 0 },
      });
      return sayHello(stand, agent.token, node2);
    },
    'UNAUTHENTICATED',
    'TokenInvalid',
  ],
];

function bindingOf({ pod }: Awaited<ReturnType<TokenStand['agentOn']>>) {
  return { kind: 'Pod', apiVersion: 'v1', name: pod.metadata.name } as const;
}

/** The gRPC status of a stream with these values of `authorization`, each in a header of its own. */
function openRaw(session: ClientHttp2Session, authorization: readonly string[]): Promise<string> {
  const stream = session.request([
    ...[':method', 'POST'],
    ...[':path', '/forehold.v1.SessionService/Session'],
    ...['content-type', 'application/grpc'],
    ...['te', 'trailers'],
    ...authorization.flatMap((value) => ['authorization', value]),
  ]);
  return new Promise((resolve, reject) => {
    const look = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] !== undefined) resolve(String(headers['grpc-status']));
    };
    stream.on('response', look);
    stream.on('trailers', look);
    stream.on('error', reject);
    stream.on('close', () => reject(new Error(`the stream was closed with ${stream.rstCode}`)));
    stream.resume();
  });
}

describe('a session', () => {
  test('a thousand garbage tokens are told of once, and disturb nobody', async () => {
    const stand = await startTokenStand();
    const { token } = await stand.agentOn(node1);
    const session = stand.dial(`Bearer ${token}`);
    await session.open(stand.hello(node1));
    // A stranger's connection may open a hundred streams.
    for (let connection = 0; connection < 20; connection += 1) {
      const stranger = connectHttp2(`http://127.0.0.1:${stand.grpcPort}`);
      onTestFinished(() => stranger.destroy());
      const calls = Array.from({ length: 50 }, () => openRaw(stranger, ['Bearer garbage']));
      expect(new Set(await Promise.all(calls))).toEqual(new Set(['16']));
    }
    expect(stand.lines.filter(({ msg }) => msg === 'call refused')).toHaveLength(1);
    expect(stand.lines.filter(({ level }) => level !== 'debug').length).toBeLessThan(20);
    session.send({ kind: 'heartbeat', sequence: 1 });
    const view = () => [...stand.coordinator.nodes()].find(({ name }) => name === node1);
    await waitUntil(() => view()?.lastHeartbeatAtMs !== undefined);
  });

  test('headers that are too large end a stream before anybody looks at them', async () => {
    const stand = await startTokenStand();
    const agent = stand.dial(`Bearer ${'a'.repeat(20_000)}.b.c`);
    expect(await agent.ended).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  });

  test.for(attacks)('%s is refused, and the victim keeps its session', async (row) => {
    const [, attack, code, word] = row;
    const stand = await startTokenStand();
    const victim = await stand.agentOn(node1);
    const session = stand.dial(`Bearer ${victim.token}`);
    await session.open(stand.hello(node1));
    const thief = await attack(stand, victim);
    const end = await thief.ended;
    expect(end).toMatchObject({ code, message: expect.stringMatching(`^${word}: `) });
    expect(end.message).not.toContain(victim.token.slice(0, 40));
    session.send({ kind: 'heartbeat', sequence: 1 });
    const view = () => [...stand.coordinator.nodes()].find(({ name }) => name === node1);
    await waitUntil(() => view()?.lastHeartbeatAtMs !== undefined);
    expect(view()?.sessionId).toBe(session.welcome?.sessionId);
    const told = stand.lines.filter(({ msg }) => msg === 'call refused');
    expect(told).toMatchObject([{ level: 'warn', reason: word, peer: '127.0.0.1' }]);
    const text = await stand.coordinator.registry.metrics();
    expect(text).toContain(`forehold_calls_refused_total{service="session",reason="${word}"} 1`);
  });

  test('the right token opens it, and a newer one of the same node supersedes it', async () => {
    const stand = await startTokenStand();
    const { token, newToken } = await stand.agentOn(node1);
    const old = stand.dial(`Bearer ${token}`);
    await old.open(stand.hello(node1));
    const next = stand.dial(`Bearer ${await newToken()}`);
    await next.open(stand.hello(node1));
    expect(await old.ended).toMatchObject({ code: 'ABORTED' });
  });

  test("another session's id is of no use to who learned it", async () => {
    const stand = await startTokenStand();
    const [first, second] = [await stand.agentOn(node1), await stand.agentOn(node2)];
    const victim = stand.dial(`Bearer ${first.token}`);
    const { sessionId } = await victim.open(stand.hello(node1));
    const thief = stand.dial(`Bearer ${second.token}`);
    await thief.open(stand.hello(node2));
    thief.send({ kind: 'heartbeat', sequence: 1 }, sessionId);
    expect(await thief.ended).toMatchObject({ code: 'INVALID_ARGUMENT' });
    victim.send({ kind: 'heartbeat', sequence: 1 });
    const view = () => [...stand.coordinator.nodes()].find(({ name }) => name === node1);
    await waitUntil(() => view()?.lastHeartbeatAtMs !== undefined);
    expect(view()?.sessionId).toBe(sessionId);
  });

  type Rotation = (stand: TokenStand) => Promise<string>;
  test.for<[string, Rotation, string, string]>([
    ['garbage', async () => 'garbage', 'UNAUTHENTICATED', 'MalformedToken: '],
    [
      'one that is too long',
      async () => 'x'.repeat(bounds.maxTokenBytes + 1),
      'INVALID_ARGUMENT',
      'heartbeat.token has ',
    ],
    [
      'that of another node',
      async (stand) => (await stand.agentOn(node2)).token,
      'PERMISSION_DENIED',
      'WrongIdentity: ',
    ],
    [
      'that of another account',
      (stand) => stand.tokenOf(accounts.viewer, { audiences: [audiences.session] }),
      'PERMISSION_DENIED',
      'WrongAccount: ',
    ],
    [
      'one for the API server',
      (stand) => stand.tokenOf(accounts.agent, {}),
      'UNAUTHENTICATED',
      'WrongAudience: ',
    ],
  ])('a rotated token ends it that is %s', async ([, rotate, code, words]) => {
    const stand = await startTokenStand();
    const { token } = await stand.agentOn(node1);
    const agent = stand.dial(`Bearer ${token}`);
    await agent.open(stand.hello(node1));
    agent.send({ kind: 'heartbeat', sequence: 1, token: await rotate(stand) });
    const end: StatusError = await agent.ended;
    expect(end).toMatchObject({ code });
    expect(end.message.startsWith(words)).toBe(true);
  });
});
