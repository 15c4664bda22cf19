// The CLI as a person uses it, through a kubeconfig to a coordinator that demands TLS and tokens.

import { describe, expect, test } from 'vitest';
import { waitUntil } from '../coordinator/stand.ts';
import { type CliStand, credential, startCliStand } from './cli-stand.ts';

const image = 'docker.io/library/web:latest';

/** Two agents, each of which pulls the image for a long time. */
async function startPulling() {
  const stand = await startCliStand();
  await stand.want('web', 'web');
  const { coordinator, stop } = await stand.startCoordinator();
  const { grpcPort } = await coordinator.listening;
  await stand.startAgents(`127.0.0.1:${grpcPort}`);
  await waitUntil(
    () => [...coordinator.leases()].filter(({ phase }) => phase === 'Held').length === 2,
    20_000,
  );
  return { stand, coordinator, stop };
}

interface Explained {
  readonly counts: readonly { readonly reason: string; readonly nodes: number }[];
}

/** First words of each line. */
function cut({ lines }: { lines: readonly string[] }, columns: number): readonly string[] {
  return lines.map((line) => line.split(/ {3,}/).slice(0, columns).join(' | '));
}

function claimsOf(review: string): { readonly aud?: readonly string[]; readonly sub?: string } {
  const [, payload = ''] = /"token":"[^."]*\.([^."]*)\./.exec(review) ?? [];
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

describe('forehold through a kubeconfig', () => {
  test('explains, lists limits, pauses, revokes, and shows nobody the credential', async () => {
    const { stand } = await startPulling();
    expect(await stand.run('explain', 'web')).toMatchObject({
      code: 0,
      complaints: [],
      lines: [
        'NODES   REASON',
        '2       Pulling',
        '',
        expect.stringMatching(/^NODE /),
        ...[1, 2].map((node) =>
          expect.stringMatching(
            new RegExp(`^node-0${node} +Pulling .* the kubelet pulls it for pull pod`),
          ),
        ),
      ],
    });
    const one = await stand.run('explain', 'web', '--node', 'node-01');
    expect(one.lines).toEqual([
      `image:   ${image}`,
      'node:    node-01',
      expect.stringMatching(/^reason: {2}Pulling for \d+s$/),
      expect.stringMatching(/^that is: the kubelet pulls it for pull pod pull-/),
      expect.stringMatching(
        /^next: {4}the pull ends, or its pod is deleted when pullTimeout .* \(in 29m\d+s\)$/,
      ),
    ]);
    expect(cut(await stand.run('limits'), 7)).toEqual([
      'LIMIT | PER | SCOPE | IN-USE | OF | WAITING | HELD-BACK',
      'cluster | cluster | - | 2 | 20 | 0 | 0',
      `image | image | ${image} | 2 | 3 | 0 | 0`,
      'node | node | node-01 | 1 | 1 | 0 | 0',
      'node | node | node-02 | 1 | 1 | 0 | 0',
    ]);
    const paused = await stand.run('pause', '--image', 'web', '--why', 'registry move');
    expect(paused).toEqual({ code: 0, complaints: [], lines: ['paused; 2 pulls go on'] });
    expect(await stand.ask('limits')).toMatchObject({
      pauses: [
        {
          scope: 'image',
          name: image,
          why: 'registry move',
          by: 'ada',
          authenticatedAs: 'system:serviceaccount:forehold:forehold-operator',
        },
      ],
    });
    const revoked = await stand.run('revoke', '1-1', '--why', 'wrong tag');
    expect(revoked.lines).toEqual([expect.stringMatching(/^revoked: .* cannot be stopped/)]);
    expect(await stand.ask('leases', '--node', 'node-01')).toMatchObject({
      leases: [{ id: '1-1', phase: 'Revoking', message: 'taken back by ada: wrong tag' }],
    });
    const node = await stand.run('nodes', 'node-02');
    expect(cut(node, 2)).toContain(`${image} | Pulling`);
    expectCredentialKept(stand);
  }, 60_000);

  test('a pause outlives the coordinator and holds until it is resumed', async () => {
    const { stand, stop } = await startPulling();
    expect((await stand.run('pause', '--image', 'later')).code).toBe(0);
    await stand.want('later', 'later');
    const isPaused = async () => {
      const { counts } = await stand.ask<Explained>('explain', 'later');
      return counts.find(({ reason }) => reason === 'Paused')?.nodes === 2;
    };
    await expect.poll(isPaused, { timeout: 5_000 }).toBe(true);
    await stop();
    await stand.startCoordinator();
    await expect.poll(isPaused, { timeout: 10_000 }).toBe(true);
    expect(await stand.run('resume', '--image', 'later')).toMatchObject({ lines: ['resumed'] });
    await expect.poll(isPaused, { timeout: 5_000 }).toBe(false);
    const again = await stand.run('resume', '--image', 'later');
    expect(again).toMatchObject({
      code: 1,
      complaints: [
        expect.stringMatching(
          /^forehold: cannot resume at .*: there is no pause of image docker.io\/library\/later:latest; forehold limits lists what is paused$/,
        ),
      ],
    });
  }, 60_000);
});

function expectCredentialKept({ front, reviewed }: CliStand): void {
  // Everything that the CLI asked of the API server was asked with it.
  for (const { authorization } of front.requests)
    expect(authorization).toBe(`Bearer ${credential}`);
  expect(reviewed.length).toBeGreaterThan(0);
  const people = reviewed.filter((review) => review.includes('forehold-inspector'));
  expect(people.length).toBeGreaterThan(0);
  for (const review of reviewed) expect(review).not.toContain(credential);
  for (const review of people) {
    const { aud, sub } = claimsOf(review);
    expect(aud).toEqual(['forehold-inspector']);
    expect(sub).toMatch(/^system:serviceaccount:forehold:forehold-(viewer|operator)$/);
  }
}
