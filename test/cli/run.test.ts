import { afterEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../cli/run.ts';
import type { LeaseInput } from '../../shared/gen/forehold/v1/Lease.ts';
import { type Content, type FakeInspector, startFakeInspector } from './fake-inspector.ts';

const lease: LeaseInput = {
  id: '1-1',
  epoch: 1,
  phase: 'LEASE_PHASE_HELD',
  nodeName: 'node-1',
  nodeUid: 'uid-1',
  image: 'registry.example.com/a:1',
  podName: 'pull-1',
  limits: ['cluster'],
  offeredAt: { seconds: 1_700_000_000, nanos: 5_000_000 },
  age: { seconds: 184, nanos: 0 },
};

const leases: LeaseInput[] = [
  lease,
  { ...lease, id: '1-2', nodeName: 'node-22', phase: 'LEASE_PHASE_OFFERED', age: null },
  {
    ...lease,
    id: '1-3',
    phase: 'LEASE_PHASE_ENDED',
    endedAt: { seconds: 1_700_000_009, nanos: 0 },
    outcome: 'OUTCOME_FAILED',
    reason: 'REASON_IMAGE_NOT_FOUND',
  },
];

let inspector: FakeInspector | undefined;

afterEach(() => {
  inspector?.close();
  inspector = undefined;
});

function environment(coordinator: string) {
  return { coordinator, hasKubeconfig: false, user: 'ada' };
}

interface Ran {
  readonly code: number;
  readonly lines: readonly string[];
  readonly complaints: readonly string[];
}

async function run(content: Content, argv: readonly string[]): Promise<Ran> {
  inspector = await startFakeInspector(content);
  const lines: string[] = [];
  const complaints: string[] = [];
  const output = {
    print: (line: string) => lines.push(line),
    complain: (line: string) => complaints.push(line),
  };
  const signal = new AbortController().signal;
  const code = await runCommand(argv, environment(inspector.target), output, signal);
  return { code, lines, complaints };
}

describe('runCommand', () => {
  test('leases prints one table over all pages', async () => {
    expect(await run({ leases }, ['leases', '--all'])).toEqual({
      code: 0,
      complaints: [],
      lines: [
        'ID    PHASE     NODE      IMAGE                      POD      AGE    OUTCOME   REASON',
        '1-1   Held      node-1    registry.example.com/a:1   pull-1   3m4s   -         -',
        '1-2   Offered   node-22   registry.example.com/a:1   pull-1   -      -         -',
        '1-3   Ended     node-1    registry.example.com/a:1   pull-1   3m4s   Failed    ImageNotFound',
      ],
    });
    expect(inspector?.leaseRequests).toMatchObject([
      { pageToken: '', includeEnded: true },
      { pageToken: '2', includeEnded: true },
    ]);
  });

  test('filters travel to the coordinator', async () => {
    await run({}, ['leases', '--node', 'n1', '--image', 'nginx']);
    expect(inspector?.leaseRequests).toMatchObject([
      { nodeName: 'n1', image: 'docker.io/library/nginx:latest', includeEnded: false },
    ]);
  });

  test('nothing to show is said on standard error', async () => {
    expect(await run({}, ['leases'])).toEqual({
      code: 0,
      lines: [],
      complaints: ['no live leases'],
    });
  });

  test('json is one document, times as text, nothing left out', async () => {
    const { lines } = await run({ leases: [lease] }, ['leases', '--json']);
    expect(JSON.parse(lines.join('\n'))).toEqual({
      leases: [
        {
          id: '1-1',
          epoch: 1,
          phase: 'Held',
          node: 'node-1',
          nodeUid: 'uid-1',
          image: 'registry.example.com/a:1',
          pullSecrets: [],
          cachedImages: [],
          pod: 'pull-1',
          podUid: '',
          limits: ['cluster'],
          offeredAt: '2023-11-14T22:13:20.005Z',
          notAfter: null,
          heldAt: null,
          endedAt: null,
          ageSeconds: 184,
          outcome: '',
          reason: '',
          message: '',
          digest: '',
        },
      ],
    });
  });

  test('images prints what holds each back', async () => {
    const images = [
      {
        image: 'registry.example.com/a:1',
        cachedImages: ['a', 'b'],
        priority: -1,
        nodesTargeted: 3,
        nodesReady: 1,
        nodesPulling: 1,
        bindingLimit: 'image',
        meanPullTime: { seconds: 12, nanos: 0 },
      },
    ];
    expect((await run({ images }, ['images'])).lines).toEqual([
      'IMAGE                      READY   PULLING   FAILING   LIMIT   PULL-TIME   PRIORITY   CACHEDIMAGES',
      'registry.example.com/a:1   1/3     1         0         image   12s         -1         a,b',
    ]);
  });

  test('nodes prints who is connected and warm', async () => {
    const nodes = [
      {
        name: 'n1',
        platform: { os: 'linux', architecture: 'arm64' },
        ready: true,
        cordoned: true,
        connected: true,
        inventoryEntries: 7,
        imagesDesired: 2,
        imagesCached: 2,
        warm: true,
        kubeletVersion: 'v1.36.3',
        containerRuntimeVersion: 'containerd://2.4.2',
      },
      { name: 'n2' },
    ];
    expect((await run({ nodes }, ['nodes'])).lines).toEqual([
      'NODE   STATUS           AGENT       WARM   IMAGES   LEASES   INVENTORY   PLATFORM      KUBELET   RUNTIME',
      'n1     Ready,Cordoned   connected   yes    2/2      0        7           linux/arm64   v1.36.3   containerd://2.4.2',
      'n2     NotReady         missing     no     0/0      0        -           -             -         -',
    ]);
  });

  test('a watch prints a row for each lease until it is ended from here', async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    inspector = await startFakeInspector({ leases });
    const output = {
      print: (line: string) => {
        lines.push(line);
        if (lines.length === 4) stop.abort();
      },
      complain: (line: string) => lines.push(line),
    };
    const argv = ['leases', '--watch'];
    const code = await runCommand(argv, environment(inspector.target), output, stop.signal);
    expect(code).toBe(0);
    expect(lines.map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
      ['ID', 'PHASE'],
      ['1-1', 'Held'],
      ['1-2', 'Offered'],
      ['1-3', 'Ended'],
    ]);
  });

  test('a watch in JSON is a line for each lease; a coordinator that stops is an error', async () => {
    inspector = await startFakeInspector({ leases });
    const lines: string[] = [];
    const complaints: string[] = [];
    const output = {
      print: (line: string) => {
        lines.push(line);
        if (lines.length === leases.length) inspector?.endWatches();
      },
      complain: (line: string) => complaints.push(line),
    };
    const argv = ['leases', '--watch', '--json'];
    const signal = new AbortController().signal;
    const code = await runCommand(argv, environment(inspector.target), output, signal);
    expect(code).toBe(1);
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(['1-1', '1-2', '1-3']);
    expect(complaints).toEqual([
      expect.stringMatching(
        /^forehold: cannot watch leases at 127\.0\.0\.1:\d+: the coordinator stops; try again in a moment$/,
      ),
    ]);
  });

  test('without a coordinator it says what was attempted, why, and what to do', async () => {
    const gone = await startFakeInspector({});
    gone.close();
    const complaints: string[] = [];
    const output = { print: () => undefined, complain: (line: string) => complaints.push(line) };
    const signal = new AbortController().signal;
    const code = await runCommand(['nodes'], environment(gone.target), output, signal);
    expect(code).toBe(1);
    expect(complaints).toEqual([
      `forehold: cannot list nodes at ${gone.target}: no coordinator answers there (connect ECONNREFUSED ${gone.target}); start one (npm start), or name another with --coordinator HOST:PORT`,
    ]);
  });

  test.for<[argv: string[], complaint: RegExp]>([
    [['leases', '--nope'], /^forehold: unknown option --nope \(see --help\)$/],
    [
      ['nodes', '--coordinator', '10.0.0.1:1'],
      /^forehold: --coordinator: 10\.0\.0\.1 is not on this machine, so it needs --ca-file and --token-file$/,
    ],
  ])('%j is bad usage', async ([argv, complaint]) => {
    const ran = await run({}, argv);
    expect(ran).toMatchObject({
      code: 2,
      lines: [],
      complaints: [expect.stringMatching(complaint)],
    });
  });
});
