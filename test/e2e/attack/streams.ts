// What is tried at the coordinator's own door: sessions in another node's name, the inspector with the wrong token, writes
// with a reader's. By grpcurl, because an attacker does not use our client either.

import { randomUUID } from 'node:crypto';
import { ports } from '../../../shared/names.ts';
import { runCommand } from '../harness/commands.ts';
import { releaseNamespace } from '../harness/release.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import type { Loot } from './loot.ts';

type LootToken = Exclude<
  { [K in keyof Loot]: Loot[K] extends string ? K : never }[keyof Loot],
  never
>;

export interface StreamAttempt {
  readonly name: string;
  /** Undefined comes without one. */
  readonly token: LootToken | 'garbage' | undefined;
  /** Status codes as grpcurl spells them; several where either is right. */
  readonly codes: readonly string[];
  readonly method: string;
  readonly messages: (loot: Loot) => readonly unknown[];
}

const session = 'forehold.v1.SessionService/Session';
const inspector = (method: string): string => `forehold.v1.InspectorService/${method}`;
const unauthenticated = ['Unauthenticated'];
const permissionDenied = ['PermissionDenied'];
// Above the bound on one message (proto: 64 KiB).
const oversizeBytes = 2_000_000;

export function helloOf(node: { readonly name: string; readonly uid: string }): unknown {
  const platform = { os: 'linux', architecture: 'amd64' };
  return {
    hello: {
      protocol_version: 1,
      node_name: node.name,
      node_uid: node.uid,
      agent_instance: randomUUID(),
      platform,
      kubelet_version: 'v1.36.3',
      container_runtime_version: 'containerd://2.4.2',
    },
  };
}

function ownHello({ node }: Loot): readonly unknown[] {
  return [helloOf(node)];
}

function none(): readonly unknown[] {
  return [{}];
}

export const streamAttempts: readonly StreamAttempt[] = [
  ...(
    [
      ['no token', undefined],
      ['a token that is none', 'garbage'],
      ["the agent's token for the API server", 'agentToken'],
      ["a viewer's token", 'viewerToken'],
      ["an agent's token for the inspector", 'agentInspectorToken'],
      ['the token of a pod that is gone', 'deadToken'],
    ] as const
  ).map(([name, token]) => ({
    name: `a session with ${name}`,
    token,
    codes: unauthenticated,
    method: session,
    messages: ownHello,
  })),
  {
    name: 'a session of another account',
    token: 'strangerToken',
    codes: ['PermissionDenied', 'Unauthenticated'],
    method: session,
    messages: ownHello,
  },
  {
    name: 'a session with a token bound to no node',
    token: 'unboundToken',
    codes: ['PermissionDenied', 'Unauthenticated'],
    method: session,
    messages: ownHello,
  },
  {
    name: "a Hello in another node's name",
    token: 'sessionToken',
    codes: permissionDenied,
    method: session,
    messages: ({ otherNode }) => [helloOf(otherNode)],
  },
  {
    name: "a Hello with another node's uid",
    token: 'sessionToken',
    codes: permissionDenied,
    method: session,
    messages: ({ node, otherNode }) => [helloOf({ name: node.name, uid: otherNode.uid })],
  },
  {
    name: "a Hello of a node's earlier life",
    token: 'sessionToken',
    codes: permissionDenied,
    method: session,
    messages: ({ node }) => [helloOf({ name: node.name, uid: randomUUID() })],
  },
  {
    name: 'a session that begins with something else',
    token: 'sessionToken',
    codes: ['InvalidArgument'],
    method: session,
    messages: () => [{ heartbeat: { sequence: 1 } }],
  },
  {
    name: 'a message beyond every bound',
    token: 'sessionToken',
    codes: ['ResourceExhausted'],
    method: session,
    messages: ({ node }) => [helloOf({ name: node.name, uid: 'x'.repeat(oversizeBytes) })],
  },
  ...(
    [
      ['no token', undefined],
      ['a token that is none', 'garbage'],
      ["the agent's session token", 'sessionToken'],
      ["the agent's token for the API server", 'agentToken'],
      ["a viewer's token for the API server", 'viewerApiToken'],
    ] as const
  ).map(([name, token]) => ({
    name: `the inspector with ${name}`,
    token,
    codes: unauthenticated,
    method: inspector('ListLeases'),
    messages: none,
  })),
  {
    name: 'the inspector with an account without rights',
    token: 'nobodyToken',
    codes: permissionDenied,
    method: inspector('ListLeases'),
    messages: none,
  },
  {
    name: 'the inspector with an agent that asked for its audience',
    token: 'agentInspectorToken',
    codes: permissionDenied,
    method: inspector('ListNodes'),
    messages: none,
  },
  {
    name: 'a viewer that revokes a lease',
    token: 'viewerToken',
    codes: permissionDenied,
    method: inspector('RevokeLease'),
    messages: () => [{ lease_id: '1-1', why: 'mine' }],
  },
  {
    name: 'a viewer that pauses everything',
    token: 'viewerToken',
    codes: permissionDenied,
    method: inspector('Pause'),
    messages: () => [{ scope: 'PAUSE_SCOPE_ALL', why: 'mine' }],
  },
  {
    name: 'a viewer that resumes everything',
    token: 'viewerToken',
    codes: permissionDenied,
    method: inspector('Resume'),
    messages: () => [{ scope: 'PAUSE_SCOPE_ALL' }],
  },
];

/** What grpcurl said: `OK` and its output, or the status code and its words. */
export interface StreamAnswer {
  readonly code: string;
  readonly words: string;
}

export async function tryStream(
  stack: ReleaseStack,
  loot: Loot,
  attempt: Pick<StreamAttempt, 'token' | 'method' | 'messages'>,
): Promise<StreamAnswer> {
  const { token, method, messages } = attempt;
  const secret = token === undefined ? '' : token === 'garbage' ? 'garbage' : loot[token];
  const input = messages(loot)
    .map((message) => JSON.stringify(message))
    .join('\n');
  return callCoordinator(stack, { secret, method, input });
}

async function callCoordinator(
  stack: ReleaseStack,
  call: { readonly secret: string; readonly method: string; readonly input: string },
): Promise<StreamAnswer> {
  const [leader] = await stack.release.findCoordinators();
  const caFile = await stack.dial.writeAuthority();
  const variable = 'STOLEN_TOKEN';
  const header = ['-expand-headers', '-H', `authorization: Bearer \${${variable}}`];
  const args = [
    ...['-cacert', caFile, '-authority', `forehold-sessions.${releaseNamespace}.svc`],
    ...(call.secret === '' ? [] : header),
    // The contract from its source: whoever may not call may not ask for it either.
    ...['-import-path', 'proto', '-proto', 'forehold/v1/session.proto'],
    ...['-proto', 'forehold/v1/inspector.proto', '-max-time', '15', '-d', '@'],
    `${leader?.status?.podIP}:${ports.grpc}`,
    call.method,
  ];
  try {
    const options = { input: call.input, environment: { [variable]: call.secret } };
    return { code: 'OK', words: await runCommand('grpcurl', args, options) };
  } catch (error) {
    const words = String(error);
    return { code: /Code: (\w+)/.exec(words)?.[1] ?? 'none', words };
  }
}
