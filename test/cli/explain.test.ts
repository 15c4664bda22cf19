// What explain, limits, nodes NODE, pause, resume and revoke print.

import { afterEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../cli/run.ts';
import type { ExplanationInput } from '../../shared/gen/forehold/v1/Explanation.ts';
import type { ListLimitsResponseInput } from '../../shared/gen/forehold/v1/ListLimitsResponse.ts';
import type { ReasonCountInput } from '../../shared/gen/forehold/v1/ReasonCount.ts';
import type { ResumeResponseInput } from '../../shared/gen/forehold/v1/ResumeResponse.ts';
import { type Content, type FakeInspector, startFakeInspector } from './fake-inspector.ts';

let inspector: FakeInspector | undefined;

afterEach(() => inspector?.close());

async function run(content: Content, ...argv: readonly string[]) {
  inspector = await startFakeInspector(content);
  const lines: string[] = [];
  const complaints: string[] = [];
  const output = {
    print: (line: string) => lines.push(line),
    complain: (line: string) => complaints.push(line),
  };
  const environment = { coordinator: inspector.target, hasKubeconfig: false, user: 'ada' };
  const code = await runCommand(argv, environment, output, new AbortController().signal);
  return { code, lines, complaints };
}

function ago(seconds: number) {
  return { seconds: Math.floor(Date.now() / 1_000) - seconds, nanos: 0 };
}

const waiting: ExplanationInput = {
  image: 'r.example/app:1',
  pullSecrets: ['s'],
  nodeName: 'n2',
  nodeUid: 'u2',
  reason: 'REASON_REGISTRY_LIMIT',
  message: 'limit hub allows 2 at once for registry r.example, and 2 are under way',
  since: ago(125),
  nextAction: 'a slot frees when one of the holders ends',
  nextAt: ago(-64),
  limit: { limit: 'hub', per: 'registry', scope: 'r.example', inUse: 2, slots: 2 },
  holders: [
    {
      leaseId: '1-1',
      phase: 'LEASE_PHASE_HELD',
      podName: 'pull-1',
      nodeName: 'n1',
      image: 'r.example/app:1',
    },
  ],
  attempts: 2,
  lastFailure: 'REASON_TLS_ERROR',
};

describe('explain', () => {
  test('of a node says reason, since, next, failures and holders', async () => {
    const explain = { image: 'r.example/app:1', explanations: [waiting] };
    const ran = await run({ explain }, 'explain', 'r.example/app:1', '--node', 'n2');
    expect(ran).toEqual({
      code: 0,
      complaints: [],
      lines: [
        'image:   r.example/app:1 with s',
        'node:    n2',
        expect.stringMatching(/^reason: {2}RegistryLimit for 2m[567]s$/),
        'that is: limit hub allows 2 at once for registry r.example, and 2 are under way',
        expect.stringMatching(
          /^next: {4}a slot frees when one of the holders ends \(in 1m[234]?s?\)$/,
        ),
        'failed:  2 times, last TlsError',
        '',
        'LEASE   PHASE   NODE   IMAGE             POD',
        '1-1     Held    n1     r.example/app:1   pull-1',
        'and 1 more',
      ],
    });
    expect(inspector?.requests).toMatchObject([{ image: 'r.example/app:1', nodeName: 'n2' }]);
  });

  test('of all nodes counts reasons and lists the worst', async () => {
    const counts: ReasonCountInput[] = [
      { reason: 'REASON_CACHED', nodes: 12 },
      { reason: 'REASON_REGISTRY_LIMIT', nodes: 1 },
    ];
    const explain = { image: 'r.example/app:1', counts, explanations: [waiting] };
    const { lines } = await run({ explain }, 'explain', 'r.example/app:1');
    expect(lines).toEqual([
      'NODES   REASON',
      '12      Cached',
      '1       RegistryLimit',
      '',
      'NODE   REASON          SINCE   FAILED   MESSAGE',
      expect.stringMatching(/^n2 {5}RegistryLimit {3}2m\ds {4}2 {8}limit hub allows/),
    ]);
  });

  test('as JSON leaves nothing out', async () => {
    const explain = { image: 'r.example/app:1', explanations: [waiting] };
    const { lines } = await run({ explain }, 'explain', 'r.example/app:1', '--json');
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      image: 'r.example/app:1',
      counts: [],
      explanations: [
        {
          node: 'n2',
          reason: 'RegistryLimit',
          limit: { limit: 'hub', per: 'registry', scope: 'r.example', inUse: 2, slots: 2 },
          holders: [{ lease: '1-1', phase: 'Held', pod: 'pull-1', node: 'n1' }],
          attempts: 2,
          lastFailure: 'TlsError',
        },
      ],
    });
  });

  test('what is not there is said in a sentence', async () => {
    const { code, complaints } = await run({}, 'explain', 'a:1');
    expect(code).toBe(1);
    expect(complaints).toEqual([
      expect.stringMatching(
        /^forehold: cannot explain at 127\.0\.0\.1:\d+: there is no such thing; forehold images and forehold nodes list what there is$/,
      ),
    ]);
  });
});

describe('limits', () => {
  const row = { limit: 'node', per: 'node', slots: 1 };

  test('shows ten rows of a limit unless all are asked for, and what is paused', async () => {
    const limits: ListLimitsResponseInput = {
      limits: [
        { limit: 'cluster', per: 'cluster', inUse: 3, slots: 20, waiting: 7, heldBack: 0 },
        ...Array.from({ length: 12 }, (_, index) => ({
          ...row,
          scope: `n${index}`,
          heldBack: index,
        })),
      ],
      pauses: [
        { scope: 'PAUSE_SCOPE_ALL', why: 'storm', by: 'ada', since: ago(61) },
        { scope: 'PAUSE_SCOPE_POLICY', name: 'p', authenticatedAs: 'sa', since: ago(3_600) },
      ],
    };
    const short = await run({ limits }, 'limits');
    expect(short.lines).toHaveLength(1 + 11 + 1 + 1 + 3);
    expect(short.lines.slice(0, 3)).toEqual([
      'LIMIT     PER       SCOPE   IN-USE   OF   WAITING   HELD-BACK',
      'cluster   cluster   -       3        20   7         0',
      'node      node      n2      0        1    0         2',
    ]);
    expect(short.lines.slice(-5)).toEqual([
      '2 more rows, see --all',
      '',
      'PAUSED   NAME   SINCE   BY    WHY',
      expect.stringMatching(/^all {6}- {6}1m\ds? {3,4}ada {3}storm$/),
      'policy   p      1h      sa    -',
    ]);
    inspector?.close();
    const long = await run({ limits }, 'limits', '--all', '--limit', 'node');
    expect(long.lines).toHaveLength(1 + 13 + 1 + 3);
    expect(inspector?.requests).toMatchObject([{ limit: 'node' }]);
  });

  test('a limit that has no row', async () => {
    expect(await run({ limits: {} }, 'limits', '--limit', 'x')).toMatchObject({
      code: 0,
      complaints: ['nothing counts against limit x now, if there is one of this name'],
    });
  });
});

describe('nodes NODE', () => {
  test('shows where the node stands with each image', async () => {
    const node = { node: { name: 'n2', ready: true }, explanations: [waiting] };
    const { lines } = await run({ node }, 'nodes', 'n2');
    expect(lines[1]).toMatch(/^n2 {5}Ready/);
    expect(lines.at(-1)).toMatch(/^r\.example\/app:1 {3}RegistryLimit {3}2m\ds/);
    inspector?.close();
    const empty = await run({ node: { node: { name: 'n2' } } }, 'nodes', 'n2');
    expect(empty.lines.at(-1)).toBe('it is a target of no image');
  });
});

describe('pause, resume and revoke', () => {
  test('say what was done and send who and why', async () => {
    const pause = { pause: { scope: 'PAUSE_SCOPE_ALL' }, pullsUnderWay: 1 } as const;
    const paused = await run({ pause }, 'pause', '--all', '--why', 'storm');
    expect(paused.lines).toEqual(['paused; 1 pull goes on']);
    expect(inspector?.requests).toMatchObject([
      { scope: 'PAUSE_SCOPE_ALL', name: '', why: 'storm', by: 'ada' },
    ]);
    inspector?.close();
    const resume: ResumeResponseInput = { pauses: [{ scope: 'PAUSE_SCOPE_ALL' }] };
    const resumed = await run({ resume }, 'resume', '--policy', 'p');
    expect(resumed.lines).toEqual(['resumed; 1 other pause stands']);
    inspector?.close();
    const revoke = { lease: { id: '1-1' }, note: 'it cannot be stopped' };
    const revoked = await run({ revoke }, 'revoke', '1-1', '--by', 'bob', '--json');
    expect(JSON.parse(revoked.lines.join('\n'))).toMatchObject({ lease: { id: '1-1' } });
    expect(inspector?.requests).toMatchObject([{ leaseId: '1-1', by: 'bob' }]);
  });
});
