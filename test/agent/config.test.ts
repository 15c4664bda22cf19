import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig, usage } from '../../agent/config.ts';
import { openSystemClock } from '../../shared/clock.ts';
import { ConfigError, type Environment } from '../../shared/env.ts';

const clock = openSystemClock();
const minimal = { NODE_NAME: 'n1', FOREHOLD_KUBE_URL: 'https://10.96.0.1' };

function findProblems(environment: Environment): readonly string[] {
  try {
    readConfig(environment, clock);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('usage', () => {
  test('says what each setting is', () => {
    const [problem = ''] = findProblems({ ...minimal, FOREHOLD_TYPO: '1' });
    const [, names = ''] = /\(it knows (.*)\)/.exec(problem) ?? [];
    expect(names).toContain('NODE_NAME');
    for (const name of names.split(', ')) expect(usage).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

describe('readConfig', () => {
  test('needs no more than the node and the API server', () => {
    const config = readConfig(minimal, clock);
    expect(config).toMatchObject({
      nodeName: 'n1',
      namespace: 'forehold-pulls',
      coordinator: '127.0.0.1:7443',
      endpoint: { url: 'https://10.96.0.1', ca: undefined, token: undefined },
      http: { host: '127.0.0.1', port: 7480 },
      logLevel: 'info',
      ownPodName: undefined,
      priorityClassName: undefined,
      maxStatusImages: 50,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('reads authority and token from the files it is given', () => {
    const folder = mkdtempSync(join(tmpdir(), 'forehold-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'ca'), 'authority');
    writeFileSync(join(folder, 'token'), 'secret\n');
    const { endpoint } = readConfig(
      {
        ...minimal,
        FOREHOLD_KUBE_CA_FILE: join(folder, 'ca'),
        FOREHOLD_KUBE_TOKEN_FILE: join(folder, 'token'),
      },
      clock,
    );
    expect(String(endpoint.ca)).toBe('authority');
    expect(endpoint.token?.()).toBe('secret');
  });

  test('finds the API server of the cluster that it runs in', () => {
    const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const files = { FOREHOLD_KUBE_CA_FILE: '/dev/null', FOREHOLD_KUBE_TOKEN_FILE: '/dev/null' };
    const { endpoint } = readConfig({ NODE_NAME: 'n1', ...environment, ...files }, clock);
    expect(endpoint.url).toBe('https://[fd00::1]:443');
  });

  test('reads the name of its own pod', () => {
    const environment = { ...minimal, FOREHOLD_POD_NAME: 'agent-x' };
    expect(readConfig(environment, clock).ownPodName).toBe('agent-x');
  });

  test('reads the priority class of pull pods', () => {
    const environment = { ...minimal, FOREHOLD_PULL_PRIORITY_CLASS: 'forehold-pull' };
    expect(readConfig(environment, clock).priorityClassName).toBe('forehold-pull');
  });

  test('dials other machines with TLS, by the name that it dials unless told another', () => {
    const other = { ...minimal, FOREHOLD_COORDINATOR: 'sessions.forehold.svc:7443' };
    expect(findProblems(other)).toEqual([
      expect.stringContaining('set FOREHOLD_CA_FILE to the mounted ca.crt'),
    ]);
    const encrypted = { ...other, FOREHOLD_CA_FILE: '/ca/ca.crt' };
    expect(readConfig(encrypted, clock)).toMatchObject({
      coordinator: 'sessions.forehold.svc:7443',
      tls: { caFile: '/ca/ca.crt', serverName: 'sessions.forehold.svc' },
    });
    expect(readConfig({ ...encrypted, FOREHOLD_SERVER_NAME: 'x.y' }, clock)).toMatchObject({
      tls: { serverName: 'x.y' },
    });
  });

  test('says everything that is wrong at once', () => {
    const problems = findProblems({
      FOREHOLD_COORDINATOR: '10.0.0.1:7443',
      FOREHOLD_HTTP_ADDRESS: 'nowhere',
      FOREHOLD_KUBE_CA_FILE: '/does/not/exist',
      FOREHOLD_LOG_LEVEL: 'loud',
      FOREHOLD_PULL_NAMESPACE: 'No Namespace',
      FOREHOLD_PULL_PRIORITY_CLASS: 'system-node-critical',
      FOREHOLD_NODE_STATUS_MAX_IMAGES: 'many',
      FOREHOLD_COORDINATR: 'x',
    });
    const expected = [
      'NODE_NAME is not set',
      'FOREHOLD_COORDINATOR: cannot dial in plain text on 10.0.0.1',
      'there is no API server: set FOREHOLD_KUBE_URL, or run in a pod',
      'FOREHOLD_KUBE_CA_FILE: cannot read /does/not/exist: no such file',
      'FOREHOLD_HTTP_ADDRESS must be',
      'FOREHOLD_LOG_LEVEL must be',
      'FOREHOLD_PULL_NAMESPACE must be the name of a namespace, not "No Namespace"',
      'FOREHOLD_PULL_PRIORITY_CLASS must not be system-node-critical',
      'FOREHOLD_NODE_STATUS_MAX_IMAGES must be',
      'FOREHOLD_COORDINATR is not a setting',
    ];
    expect(problems).toHaveLength(expected.length);
    for (const start of expected) expect(problems.join('\n')).toContain(start);
  });

  test.for([
    ['-1', []],
    ['0', []],
    ['-2', ['-2']],
    ['5e3', ['5e3']],
  ] as const)('nodeStatusMaxImages %s', ([text, words]) => {
    const problems = findProblems({ ...minimal, FOREHOLD_NODE_STATUS_MAX_IMAGES: text });
    expect(problems).toHaveLength(words.length);
  });

  test.for(['ftp://x', 'https://', 'x'])('%s is no URL of an API server', (url) => {
    expect(findProblems({ ...minimal, FOREHOLD_KUBE_URL: url })).toHaveLength(1);
  });
});
