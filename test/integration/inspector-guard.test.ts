// Who may ask the inspector what, over real gRPC and against an API server that reviews tokens and rights: every method
// of the service, every kind of wrong token, and streams that outlive neither their token nor their right.

import { Metadata, type MethodDefinition } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { openSystemClock } from '../../shared/clock.ts';
import { accounts, audiences } from '../../shared/names.ts';
import { loadContract } from '../../shared/proto.ts';
import { StatusError, toStatusError } from '../../shared/rpc.ts';
import { waitUntil } from '../coordinator/stand.ts';
import { startTokenStand, type TokenStand } from './token-stand.ts';

const methods = Object.entries<MethodDefinition<object, object>>(
  loadContract().InspectorService.service,
);
const advice = `kubectl create token ACCOUNT --audience ${audiences.inspector} --duration 10m`;
const reading = /^(Get|List|Watch|Explain|Plan|WaitWarm)/;

/** As grpcurl sends them. */
function bearer(...authorization: readonly string[]): Metadata {
  const metadata = new Metadata();
  for (const value of authorization) metadata.add('authorization', value);
  return metadata;
}

/** How a call with an empty request ends. */
function end(
  { inspector }: TokenStand,
  { path, responseStream }: MethodDefinition<object, object>,
  metadata: Metadata,
): Promise<StatusError> {
  const pass = (bytes: Buffer): Buffer => bytes;
  const empty = Buffer.alloc(0);
  return new Promise((resolve) => {
    if (responseStream) {
      const call = inspector.makeServerStreamRequest(path, pass, pass, empty, metadata);
      call.on('error', (error) => resolve(toStatusError(error)));
    } else
      inspector.makeUnaryRequest(path, pass, pass, empty, metadata, (error) =>
        resolve(error === null ? new StatusError('OK', '') : toStatusError(error)),
      );
  });
}

const refusals: readonly string[] = ['UNAUTHENTICATED', 'PERMISSION_DENIED'];

const personal = { audiences: [audiences.inspector] };

describe('guardService', () => {
  test('no method answers without a token', async () => {
    const stand = await startTokenStand();
    expect(methods.length).toBeGreaterThanOrEqual(11);
    for (const [name, method] of methods) {
      const { code, message } = await end(stand, method, new Metadata());
      expect([name, code]).toEqual([name, 'UNAUTHENTICATED']);
      expect(message).toMatch(/^NoToken: /);
      expect(message).toContain(advice);
    }
  });

  test('a viewer may read everything and change nothing, an operator may do both', async () => {
    const stand = await startTokenStand();
    const viewer = bearer(`Bearer ${await stand.tokenOf(accounts.viewer, personal)}`);
    const operator = bearer(`Bearer ${await stand.tokenOf(accounts.operator, personal)}`);
    // Streams have no end when they are let in; they follow below.
    for (const [name, method] of methods.filter(([, { responseStream }]) => !responseStream)) {
      const { code } = await end(stand, method, viewer);
      expect([name, refusals.includes(code)]).toEqual([name, !reading.test(name)]);
      if (refusals.includes(code)) expect(code).toBe('PERMISSION_DENIED');
      const { code: operatorCode } = await end(stand, method, operator);
      expect([name, refusals.includes(operatorCode)]).toEqual([name, false]);
    }
  });

  type Forgery = (stand: TokenStand) => Promise<Metadata>;
  test.for<[what: string, forge: Forgery, code: string, word: string]>([
    [
      "an agent's token",
      async (stand) => bearer(`Bearer ${(await stand.agentOn('node-01')).token}`),
      'UNAUTHENTICATED',
      'WrongAudience',
    ],
    [
      "an agent's token for the inspector",
      async (stand) => bearer(`Bearer ${await stand.tokenOf(accounts.agent, personal)}`),
      'PERMISSION_DENIED',
      'NotPermitted',
    ],
    [
      "a kubeconfig's own token",
      async (stand) => bearer(`Bearer ${await stand.tokenOf(accounts.operator, {})}`),
      'UNAUTHENTICATED',
      'WrongAudience',
    ],
    [
      "a kubeconfig's token of a cloud",
      async () => bearer('Bearer k8s-aws-v1.aHR0cHM6Ly9zdHM'),
      'UNAUTHENTICATED',
      'MalformedToken',
    ],
    [
      "a kubeconfig's password",
      async () => bearer('Basic YWRtaW46YWRtaW4='),
      'UNAUTHENTICATED',
      'MalformedToken',
    ],
    [
      'two tokens',
      async (stand) => {
        const token = await stand.tokenOf(accounts.operator, personal);
        return bearer(`Bearer ${token},Bearer ${token}`);
      },
      'UNAUTHENTICATED',
      'MalformedToken',
    ],
    [
      'an oversized token',
      async () => bearer(`Bearer ${'a'.repeat(9_000)}.b.c`),
      'UNAUTHENTICATED',
      'MalformedToken',
    ],
  ])('%s is refused, with what to do, and the token is not repeated', async (row) => {
    const [, forge, code, word] = row;
    const stand = await startTokenStand();
    const metadata = await forge(stand);
    const list = methods.find(([name]) => name === 'ListLeases');
    if (list === undefined) throw new Error('there is no ListLeases');
    const refusal = await end(stand, list[1], metadata);
    expect(refusal).toMatchObject({ code, message: expect.stringMatching(`^${word}: `) });
    if (code === 'UNAUTHENTICATED') expect(refusal.message).toContain(advice);
    const [secret = ''] = String(metadata.get('authorization')[0]).split(' ').slice(1);
    expect(`${refusal.message}${JSON.stringify(stand.lines)}`).not.toContain(secret.slice(0, 30));
    const text = await stand.coordinator.registry.metrics();
    expect(text).toContain(`forehold_calls_refused_total{service="inspector",reason="${word}"} 1`);
  });

  test('a watch ends with its token', async () => {
    // Ten minutes, the least that a token lasts, pass in three seconds.
    const stand = await startTokenStand({ clock: openSystemClock(200) });
    const spec = { ...personal, expirationSeconds: 600 };
    const metadata = bearer(`Bearer ${await stand.tokenOf(accounts.viewer, spec)}`);
    const issuedAtMs = stand.clock.now().wallMs;
    const call = stand.inspector.watchLeases({}, metadata);
    const ended = new Promise<StatusError>((resolve) =>
      call.on('error', (error) => resolve(toStatusError(error))),
    );
    call.resume();
    expect(await ended).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringMatching(/^TokenExpired: /),
    });
    const lastedMs = stand.clock.now().wallMs - issuedAtMs;
    expect(lastedMs).toBeGreaterThan(590_000);
    expect(lastedMs).toBeLessThan(690_000);
  });

  test('a watch ends within a minute of losing the right to it', async () => {
    const stand = await startTokenStand({ clock: openSystemClock(50) });
    const metadata = bearer(`Bearer ${await stand.tokenOf(accounts.viewer, personal)}`);
    const call = stand.inspector.watchLeases({}, metadata);
    const ended = new Promise<StatusError>((resolve) =>
      call.on('error', (error) => resolve(toStatusError(error))),
    );
    call.resume();
    const asked = () =>
      stand.cluster.requests.entries().filter(({ resource }) => resource === accessReviews).length;
    await waitUntil(() => asked() > 0);
    const revokedAtMs = stand.clock.now().wallMs;
    stand.cluster.store.remove('clusterrolebindings', { name: accounts.viewer });
    expect(await ended).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringMatching(/^NotPermitted: /),
    });
    expect(stand.clock.now().wallMs - revokedAtMs).toBeLessThan(65_000);
  });
});

const accessReviews = 'subjectaccessreviews';
