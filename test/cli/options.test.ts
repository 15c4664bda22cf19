import { describe, expect, test } from 'vitest';
import { help, readCommand } from '../../cli/options.ts';

describe('readCommand', () => {
  test('leases take filters; the image is normalised', () => {
    const argv = ['leases', '--watch', '--node', 'n1', '--image', 'nginx', '--all', '--json'];
    expect(readCommand(argv, undefined)).toEqual({
      kind: 'run',
      command: {
        kind: 'leases',
        filter: { node: 'n1', image: 'docker.io/library/nginx:latest' },
        watch: true,
        all: true,
      },
      coordinator: '127.0.0.1:7443',
      json: true,
    });
  });

  test.for<[argv: string[], environment: string | undefined, coordinator: string]>([
    [['images'], undefined, '127.0.0.1:7443'],
    [['images'], '', '127.0.0.1:7443'],
    [['images'], 'localhost:1', 'localhost:1'],
    [['images', '--coordinator', '[::1]:2'], 'localhost:1', '[::1]:2'],
  ])('%j with %s asks %s', ([argv, environment, coordinator]) => {
    expect(readCommand(argv, environment)).toMatchObject({
      command: { kind: 'images' },
      coordinator,
    });
  });

  test.for<[argv: string[], environment: string | undefined, problem: RegExp]>([
    [[], undefined, /^which command\? leases, images or nodes/],
    [['pods'], undefined, /^unknown command pods: leases, images or nodes/],
    [['nodes', 'n1'], undefined, /^unexpected argument n1/],
    [['nodes', '--watch'], undefined, /^--watch belongs to leases, not to nodes$/],
    [['images', '--image', 'a'], undefined, /^--image belongs to leases, not to images$/],
    [['leases', '--image', 'A B'], undefined, /^--image: .*repository name/],
    [['leases', '--node'], undefined, /^--node needs a value$/],
    [['nodes', '--coordinator', 'here'], undefined, /^--coordinator: "here" is not HOST:PORT/],
    [['nodes'], 'h:99999', /^FOREHOLD_COORDINATOR: "h:99999" is not HOST:PORT/],
    [['leases', '-w'], undefined, /^unknown option -w/],
  ])('%j is refused', ([argv, environment, problem]) => {
    const read = readCommand(argv, environment);
    expect(read.kind === 'invalid' ? read.problem : read).toMatch(problem);
  });

  test('help is asked for anywhere, and names every command', () => {
    expect(readCommand(['leases', '--help'], undefined)).toEqual({ kind: 'help' });
    expect(help).toMatch(/leases.*images.*nodes/s);
  });
});
