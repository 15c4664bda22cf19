import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { readConfig, usage } from '../../coordinator/config.ts';
import { ConfigError, type Environment } from '../../shared/env.ts';

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('usage', () => {
  test('says what each setting is', () => {
    const [problem = ''] = problemsOf({ FOREHOLD_KUBE_URL: 'http://x', FOREHOLD_TYPO: '1' });
    const [, names = ''] = /\(it knows (.*)\)/.exec(problem) ?? [];
    expect(names).toContain('FOREHOLD_TLS');
    for (const name of names.split(', ')) expect(usage).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

describe('readConfig', () => {
  test('needs an API server and nothing else', () => {
    expect(readConfig({ FOREHOLD_KUBE_URL: 'http://127.0.0.1:6443' })).toEqual({
      grpc: { host: '127.0.0.1', port: 7443 },
      tls: { kind: 'off' },
      http: { host: '127.0.0.1', port: 7480 },
      kube: { kind: 'url', url: 'http://127.0.0.1:6443' },
      pullNamespace: 'forehold-pulls',
      readsEvents: false,
      leaseNamespace: 'forehold',
      identity: hostname(),
      advertisedAddress: undefined,
      limits: [],
      limitsFile: undefined,
      logLevel: 'info',
    });
  });

  test.for([
    ['10.0.0.7:7443', '10.0.0.7:7443'],
    ['fd00::7:7443', '[fd00::7]:7443'],
    ['[fd00::7]:7443', '[fd00::7]:7443'],
  ] as const)('agents reach %s at %s', ([given, address]) => {
    const environment = { FOREHOLD_KUBE_URL: 'http://x', FOREHOLD_ADVERTISED_ADDRESS: given };
    expect(readConfig(environment).advertisedAddress).toBe(address);
  });

  test.for([
    ['on', true],
    ['off', false],
    ['', false],
  ] as const)('reads events or not by the setting "%s"', ([given, readsEvents]) => {
    const environment = { FOREHOLD_KUBE_URL: 'http://x', FOREHOLD_READ_EVENTS: given };
    expect(readConfig(environment).readsEvents).toBe(readsEvents);
  });

  test('takes no other word for on', () => {
    const environment = { FOREHOLD_KUBE_URL: 'http://x', FOREHOLD_READ_EVENTS: 'true' };
    expect(problemsOf(environment)).toEqual([
      expect.stringMatching(/^FOREHOLD_READ_EVENTS must be/),
    ]);
  });

  test('names who it is and where as they must be', () => {
    const environment = {
      FOREHOLD_KUBE_URL: 'http://x',
      FOREHOLD_IDENTITY: 'two words',
      FOREHOLD_ADVERTISED_ADDRESS: '10.0.0.7',
    };
    expect(problemsOf(environment)).toEqual([
      'FOREHOLD_IDENTITY must be the name of a pod or a host, without spaces',
      'FOREHOLD_ADVERTISED_ADDRESS must be HOST:PORT such as 10.0.0.7:7443, not "10.0.0.7"',
    ]);
  });

  test.for<[Environment, unknown]>([
    [{ KUBECONFIG: '/k' }, { kind: 'kubeconfig', path: '/k' }],
    [
      { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' },
      { kind: 'inCluster', host: '10.0.0.1', port: '443' },
    ],
    [
      { KUBECONFIG: '/k', FOREHOLD_KUBE_URL: 'https://x' },
      { kind: 'url', url: 'https://x' },
    ],
  ])('finds the API server in %j', ([environment, kube]) => {
    expect(readConfig(environment).kube).toEqual(kube);
  });

  test.for(['0.0.0.0:7443', '[::]:7443', '10.1.2.3:7443', 'example:7443'])(
    'listens on %s with TLS and authentication only',
    (address) => {
      const environment = { FOREHOLD_KUBE_URL: 'http://x', FOREHOLD_GRPC_ADDRESS: address };
      const tls = { FOREHOLD_TLS: 'files', FOREHOLD_TLS_DIRECTORY: '/tls' };
      const tokens = { FOREHOLD_AUTHENTICATION: 'tokens' };
      const plain = expect.stringMatching(
        /^FOREHOLD_GRPC_ADDRESS: cannot listen in plain text on .*: set FOREHOLD_TLS to managed or/,
      );
      const open = expect.stringMatching(/^FOREHOLD_AUTHENTICATION: cannot be off on /);
      expect(problemsOf(environment)).toEqual([plain, open]);
      expect(problemsOf({ ...environment, ...tokens })).toEqual([plain]);
      expect(problemsOf({ ...environment, ...tls })).toEqual([open]);
      expect(problemsOf({ ...environment, ...tls, ...tokens })).toEqual([]);
    },
  );

  test.for<[Environment, unknown]>([
    [
      { FOREHOLD_TLS: 'managed', FOREHOLD_TLS_NAMES: 'b.svc,a,b.svc' },
      {
        kind: 'managed',
        secretName: 'forehold-tls',
        names: ['b.svc', 'a'],
        caConfigMap: 'forehold-ca',
      },
    ],
    [
      { FOREHOLD_TLS: 'files', FOREHOLD_TLS_DIRECTORY: '/tls', FOREHOLD_CA_CONFIG_MAP: 'my-ca' },
      { kind: 'files', directory: '/tls', caConfigMap: 'my-ca' },
    ],
  ])('reads the TLS settings %j', ([environment, tls]) => {
    expect(readConfig({ FOREHOLD_KUBE_URL: 'http://x', ...environment }).tls).toEqual(tls);
  });

  test.for<[Environment, string]>([
    [{ FOREHOLD_TLS: 'managed' }, 'FOREHOLD_TLS_NAMES is not set'],
    [{ FOREHOLD_TLS: 'files' }, 'FOREHOLD_TLS_DIRECTORY is not set'],
    [{ FOREHOLD_TLS: 'maybe' }, 'FOREHOLD_TLS must be one of off, managed, files'],
    [{ FOREHOLD_TLS_NAMES: 'a b' }, 'FOREHOLD_TLS_NAMES must be DNS names, and "a b" is none'],
    [{ FOREHOLD_TLS_SECRET: 'A/B' }, 'FOREHOLD_TLS_SECRET must be the name of an object'],
    [{ FOREHOLD_TLS_NAMES: names(33) }, 'FOREHOLD_TLS_NAMES has 33 names, more than the 32'],
  ])('%j is a problem', ([environment, problem]) => {
    expect(problemsOf({ FOREHOLD_KUBE_URL: 'http://x', ...environment })).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  test.for<[string, string, boolean]>([
    ['127.0.0.1:0', 'off', true],
    ['[::1]:0', '', true],
    ['0.0.0.0:7443', 'off', false],
    ['10.1.2.3:7443', '', false],
    ['10.1.2.3:7443', 'tokens', true],
    ['127.0.0.1:0', 'passwords', false],
  ])('on %s authentication may be "%s": %s', ([address, kind, isAllowed]) => {
    const problems = problemsOf({
      FOREHOLD_KUBE_URL: 'http://x',
      FOREHOLD_GRPC_ADDRESS: address,
      FOREHOLD_AUTHENTICATION: kind,
    });
    const ours = problems.filter((problem) => problem.startsWith('FOREHOLD_AUTHENTICATION'));
    expect(ours).toHaveLength(isAllowed ? 0 : 1);
  });

  test("says whose tokens are agents'", () => {
    const environment = { FOREHOLD_KUBE_URL: 'http://x', FOREHOLD_AUTHENTICATION: 'tokens' };
    expect(readConfig(environment).authentication).toEqual({
      agentServiceAccount: 'forehold-agent',
    });
    const named = { ...environment, FOREHOLD_AGENT_SERVICE_ACCOUNT: 'mine' };
    expect(readConfig(named).authentication).toEqual({ agentServiceAccount: 'mine' });
    expect(readConfig({ FOREHOLD_KUBE_URL: 'http://x' }).authentication).toBeUndefined();
  });

  test('says everything at once', () => {
    const problems = problemsOf({
      FOREHOLD_GRPC_ADDRESS: '0.0.0.0:1',
      FOREHOLD_HTTP_ADDRESS: 'nowhere',
      FOREHOLD_PULL_NAMESPACE: 'No Namespace',
      FOREHOLD_LIMITS_FILE: '/does/not/exist',
      FOREHOLD_LOG_LEVEL: 'loud',
      FOREHOLD_GRPC_ADRESS: '127.0.0.1:1',
    });
    expect(problems.map((problem) => problem.split(/[ :]/)[0])).toEqual([
      'FOREHOLD_GRPC_ADDRESS',
      'FOREHOLD_AUTHENTICATION',
      'FOREHOLD_HTTP_ADDRESS',
      'there',
      'FOREHOLD_PULL_NAMESPACE',
      'FOREHOLD_LIMITS_FILE',
      'FOREHOLD_LOG_LEVEL',
      'FOREHOLD_GRPC_ADRESS',
    ]);
  });
});

function names(count: number): string {
  return Array.from({ length: count }, (_, index) => `n${index}`).join(',');
}
