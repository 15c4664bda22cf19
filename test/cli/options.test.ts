import { describe, expect, test } from 'vitest';
import { helpOf } from '../../cli/help.ts';
import { readCommand } from '../../cli/options.ts';

function environment(coordinator?: string) {
  return { coordinator, hasKubeconfig: false, user: 'ada' };
}

const cluster = {
  kind: 'cluster',
  kubeconfig: undefined,
  context: undefined,
  hasDefault: false,
  namespace: 'forehold',
  pullNamespace: 'forehold-pulls',
};

describe('readCommand', () => {
  test('leases take filters; the image is normalised', () => {
    const argv = ['leases', '--watch', '--node', 'n1', '--image', 'nginx', '--all', '--json'];
    expect(readCommand(argv, environment())).toEqual({
      kind: 'run',
      command: {
        kind: 'leases',
        filter: { node: 'n1', image: 'docker.io/library/nginx:latest' },
        watch: true,
        all: true,
      },
      connect: cluster,
      json: true,
    });
  });

  const statement = { why: 'storm', by: 'ada' };

  test.for<[argv: string[], command: object]>([
    [['images'], { kind: 'images' }],
    [['nodes'], { kind: 'nodes' }],
    [['nodes', 'n1'], { kind: 'node', name: 'n1' }],
    [['explain', 'a', '--node', 'n1'], { kind: 'explain', image: 'docker.io/library/a:latest' }],
    [['limits'], { kind: 'limits', limit: '', all: false }],
    [['limits', '--limit', 'image', '--all'], { kind: 'limits', limit: 'image', all: true }],
    [
      ['pause', '--all', '--why', 'storm'],
      { kind: 'pause', target: { scope: 'all', name: '' }, statement },
    ],
    [
      ['pause', '--policy', 'p', '--why', 'storm', '--by', 'bob'],
      { target: { scope: 'policy', name: 'p' }, statement: { why: 'storm', by: 'bob' } },
    ],
    [
      ['resume', '--image', 'a:1'],
      { kind: 'resume', target: { scope: 'image', name: 'docker.io/library/a:1' } },
    ],
    [['revoke', '1-2', '--why', 'storm'], { kind: 'revoke', lease: '1-2', statement }],
  ])('%j is understood', ([argv, command]) => {
    expect(readCommand(argv, environment())).toMatchObject({ kind: 'run', command });
  });

  test.for<[argv: string[], coordinator: string | undefined, connect: object]>([
    [['images'], undefined, cluster],
    [['images'], '', cluster],
    [['images', '-n', 'x', '--context', 'c'], '', { ...cluster, namespace: 'x', context: 'c' }],
    [['images', '--kubeconfig', 'f'], 'localhost:1', { ...cluster, kubeconfig: 'f' }],
    [['images'], 'localhost:1', { kind: 'address', target: 'localhost:1', caFile: undefined }],
    [['images', '--coordinator', '[::1]:2'], 'localhost:1', { target: '[::1]:2' }],
    [
      ['images', '--coordinator', 'c.example:1', '--ca-file', 'a', '--token-file', 't'],
      undefined,
      { caFile: 'a', tokenFile: 't', serverName: 'forehold.forehold.svc' },
    ],
  ])('%j with %s goes there', ([argv, coordinator, connect]) => {
    const read = readCommand(argv, environment(coordinator));
    expect(read).toMatchObject({ command: { kind: 'images' }, connect });
  });

  const list = 'leases, images, nodes, explain, limits, pause, resume, revoke';

  test.for<[argv: string[], coordinator: string | undefined, problem: RegExp]>([
    [[], undefined, new RegExp(`^which command\\? ${list} \\(see --help\\)$`)],
    [['pods'], undefined, new RegExp(`^unknown command pods: ${list}`)],
    [['nodes', 'n1', 'n2'], undefined, /^unexpected argument n2/],
    [['images', 'a'], undefined, /^unexpected argument a/],
    [['nodes', '--watch'], undefined, /^--watch does not belong to nodes \(see --help\)$/],
    [['images', '--image', 'a'], undefined, /^--image does not belong to images/],
    [['leases', '--image', 'A B'], undefined, /^--image: .*repository name/],
    [['leases', '--node'], undefined, /^--node needs a value$/],
    [['explain'], undefined, /^explain needs IMAGE \(see --help\)$/],
    [['explain', 'A B'], undefined, /^IMAGE: .*repository name/],
    [['revoke'], undefined, /^revoke needs LEASE/],
    [['pause'], undefined, /^pause needs one of --all, --policy NAME, --image IMAGE$/],
    [['resume', '--all', '--image', 'a'], undefined, /^resume needs one of/],
    [['nodes', '--coordinator', 'here'], undefined, /^--coordinator: "here" is not HOST:PORT/],
    [['nodes'], 'h:99999', /^FOREHOLD_COORDINATOR: "h:99999" is not HOST:PORT/],
    [['nodes'], 'h:1', /^FOREHOLD_COORDINATOR: h is not on this machine, so it needs --ca-file/],
    [['nodes', '--token-file', 't'], 'localhost:1', /^--token-file needs --ca-file: a token never/],
    [['nodes', '--ca-file', 't'], undefined, /^--ca-file needs --coordinator HOST:PORT$/],
    [
      ['nodes', '--coordinator', 'localhost:1', '--context', 'c'],
      undefined,
      /^--context does not go with --coordinator$/,
    ],
    [['leases', '-w'], undefined, /^unknown option -w/],
  ])('%j is refused', ([argv, coordinator, problem]) => {
    const read = readCommand(argv, environment(coordinator));
    expect(read.kind === 'invalid' ? read.problem : read).toMatch(problem);
  });

  test('help is asked for anywhere', () => {
    expect(readCommand(['leases', '--help'], environment())).toEqual({
      kind: 'help',
      word: 'leases',
    });
    expect(readCommand(['--help'], environment())).toEqual({ kind: 'help', word: undefined });
  });
});

describe('helpOf', () => {
  test('names every command and says how the coordinator is found', () => {
    for (const word of ['leases', 'images', 'nodes', 'explain', 'limits'] as const) {
      expect(helpOf(undefined)).toContain(`  ${word}`);
      expect(helpOf(word)).toContain(`Usage: forehold ${word}`);
      expect(helpOf(word)).toContain('--coordinator HOST:PORT');
    }
  });
});
