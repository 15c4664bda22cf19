// The attacks themselves, each with the refusal that is expected of it; and what a stolen token is worth all the same.

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { defaultPullNamespace } from '../../../shared/names.ts';
import { everyPart } from '../harness/part.ts';
import { releaseNamespace } from '../harness/release.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import { until } from '../harness/until.ts';
import { type Answer, ask } from './as.ts';
import { type Loot, steal } from './loot.ts';
import { buildPermittedPod, type MadePod, type PodAttempt, podAttempts } from './pods.ts';
import { requestAttempts } from './requests.ts';
import { helloOf, streamAttempts, tryStream } from './streams.ts';

const podsPath = `/api/v1/namespaces/${defaultPullNamespace}/pods`;

/** With the admission policies, or with a release that was told to do without. */
export type Guard = 'with policies' | 'without policies';

export function testAttacks(stack: () => ReleaseStack, guard: Guard): void {
  let stolen: Promise<Loot> | undefined;
  const loot = (): Promise<Loot> => {
    stolen ??= steal(stack());
    return stolen;
  };
  // What the rights and Pod Security refuse, they refuse without any policy of ours.
  const stands = ({ refuser }: { readonly refuser: string }): boolean =>
    guard === 'with policies' || (refuser !== 'policy' && refuser !== 'fence');

  describe(`pods created with a stolen agent token, ${guard}`, () => {
    test.for(podAttempts.filter(stands))('$name: refused by $refuser', async (attempt) => {
      const answer = await tryPod(stack(), await loot(), attempt);
      // The fence's refusal has no reason of its own, which makes it Invalid and not Forbidden.
      const status = attempt.refuser === 'fence' ? 422 : 403;
      expect(answer).toMatchObject({ status, words: expect.stringMatching(attempt.words) });
    });
  });

  describe(`other requests, ${guard}`, () => {
    test.for(requestAttempts.filter(stands))('$name: refused by $refuser', async (attempt) => {
      const known = await loot();
      const answer = await ask(stack().kube, known[attempt.token], attempt.attempt(known));
      expect(answer).toMatchObject({
        status: attempt.status,
        words: expect.stringMatching(attempt.words),
      });
    });
  });

  describe(`at the coordinator, ${guard}`, () => {
    test.for(streamAttempts)('$name: $codes', async (attempt) => {
      const answer = await tryStream(stack(), await loot(), attempt);
      expect(attempt.codes, answer.words).toContain(answer.code);
      expect(answer.words).not.toContain((await loot()).sessionToken.slice(-40));
    });
  });

  describe(`what is permitted, ${guard}`, () => testPermitted(stack, loot));
}

function testPermitted(stack: () => ReleaseStack, loot: () => Promise<Loot>): void {
  test('an agent creates, reads and deletes a pull pod of its own node', async () => {
    const { kube, images } = stack();
    const image = await images.push('permitted', { layers: 1, layerBytes: 1_024 });
    const { agentToken } = await loot();
    const pod = buildPermittedPod(await loot(), image.reference);
    const path = `${podsPath}/${pod.metadata.name}`;
    const created = await ask(kube, agentToken, { method: 'POST', path: podsPath, body: pod });
    expect(created, created.words).toMatchObject({ status: 201 });
    expect(await ask(kube, agentToken, { method: 'GET', path })).toMatchObject({ status: 200 });
    await ask(kube, agentToken, { method: 'DELETE', path });
    await until('the pod is gone', 30_000, async () => {
      const { status } = await ask(kube, agentToken, { method: 'GET', path });
      return status === 404;
    });
  });

  test("a session of the agent's own node gets a Welcome, and no other session ends for it", async () => {
    const known = await loot();
    const before = await sessionsEnded(stack(), known.otherNode.name);
    const answer = await tryStream(stack(), known, {
      token: 'sessionToken',
      method: 'forehold.v1.SessionService/Session',
      messages: ({ node }) => [helloOf(node)],
    });
    expect(answer.words).toContain('"welcome"');
    expect(await sessionsEnded(stack(), known.otherNode.name)).toBe(before);
  });

  test('a viewer lists leases, nodes, images and limits', async () => {
    for (const method of ['ListLeases', 'ListNodes', 'ListImages', 'ListLimits']) {
      const name = `forehold.v1.InspectorService/${method}`;
      const call = { token: 'viewerToken', method: name, messages: () => [{}] } as const;
      const answer = await tryStream(stack(), await loot(), call);
      expect(answer.code, answer.words).toBe('OK');
    }
  });

  test('an operator pauses and resumes', async () => {
    for (const [method, message] of [
      ['Pause', { scope: 'PAUSE_SCOPE_IMAGE', name: 'registry.example/attack:1', why: 'a test' }],
      ['Resume', { scope: 'PAUSE_SCOPE_IMAGE', name: 'registry.example/attack:1' }],
    ] as const) {
      const name = `forehold.v1.InspectorService/${method}`;
      const call = { token: 'operatorToken', method: name, messages: () => [message] } as const;
      const answer = await tryStream(stack(), await loot(), call);
      expect(answer.code, answer.words).toBe('OK');
    }
  });
}

/** After everything that was tried: tokens and keys are nowhere where people look. */
export function testSecrecy(stack: () => ReleaseStack): void {
  test('no log and no metric carries a token or a key', async () => {
    const { programs, kube } = stack();
    const known = await steal(stack());
    const tokens = Object.values(known).filter((value) => typeof value === 'string');
    const { data }: { data: Readonly<Record<string, string>> } = await kube.get(
      `/api/v1/namespaces/${releaseNamespace}/secrets/forehold-tls`,
    );
    const keys = Object.entries(data).filter(([name]) => name.endsWith('.key'));
    const secrets = [...tokens.map(signatureOf), ...keys.map(([, key]) => bodyOf(key))];
    expect(secrets.every((secret) => secret.length >= 40)).toBe(true);
    for (const part of everyPart(programs)) {
      const metrics = await fetch(`http://${await part.httpAddress()}/metrics`);
      const said = `${await part.logTail(100_000)}${await metrics.text()}`;
      for (const secret of secrets) expect(said.includes(secret)).toBe(false);
    }
  });
}

// A token's last part is what makes it one.
function signatureOf(token: string): string {
  return token.slice(-60);
}

// The second line of a PEM file, the first with anything in it.
function bodyOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString().split('\n')[1] ?? '';
}

async function tryPod(stack: ReleaseStack, loot: Loot, attempt: PodAttempt): Promise<Answer> {
  // An image of its own each time, so that no pod's name is taken.
  const image = `${stack.environment.registry}/attack:${randomBytes(8).toString('hex')}`;
  const pod: MadePod = buildPermittedPod(loot, image);
  attempt.change(pod, loot);
  const path = `/api/v1/namespaces/${attempt.namespace ?? defaultPullNamespace}/pods`;
  const answer = await ask(stack.kube, loot.agentToken, { method: 'POST', path, body: pod });
  // One that got through would disturb what follows.
  if (answer.status === 201)
    await stack.kube.kubectl([
      ...['delete', 'pod', '-n', defaultPullNamespace, pod.metadata.name ?? ''],
      ...['--force', '--grace-period=0', '--ignore-not-found'],
    ]);
  return answer;
}

/** How often the agent of a node has lost its session so far, by its own log. */
export async function sessionsEnded(stack: ReleaseStack, nodeName: string): Promise<number> {
  const log = (await stack.programs.agents.get(nodeName)?.logTail(10_000)) ?? '';
  return log.split('"session ended"').length - 1;
}
