import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copyProtos, findSmokeProblem, makeBundle, type Smoke } from '../../scripts/bundle.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forehold-bundle-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function bundle(source: string, smoke: Smoke) {
  const entry = join(folder, 'entry.ts');
  writeFileSync(entry, source);
  const made = { name: 'made', entry, smokes: [smoke] };
  const { sizes, packageFolders } = await makeBundle(made, folder);
  return { sizes, packageFolders, problem: findSmokeProblem(made, folder) };
}

describe('makeBundle', () => {
  test('CommonJS packages find what they require, and their .proto files, beside the bundle', async () => {
    copyProtos(folder);
    const root = process.cwd();
    const source = `
      import { ReflectionService } from ${JSON.stringify(join(root, 'node_modules/@grpc/reflection'))};
      import { HealthImplementation } from ${JSON.stringify(join(root, 'node_modules/grpc-health-check'))};
      import { Server } from ${JSON.stringify(join(root, 'node_modules/@grpc/grpc-js'))};
      import { loadDescription } from ${JSON.stringify(join(root, 'shared/proto.ts'))};
      import { openLog } from ${JSON.stringify(join(root, 'shared/log.ts'))};
      const server = new Server();
      new ReflectionService(loadDescription()).addToServer(server);
      new HealthImplementation({ '': 'SERVING' }).addToServer(server);
      openLog('made', 'info').info('all found');
      process.exitCode = 7;
    `;
    const smoke = { args: [], exitCode: 7, says: /"all found"/ };
    const { problem, packageFolders } = await bundle(source, smoke);
    expect(problem).toBeUndefined();
    expect([...packageFolders].map((path) => path.replace(/^.*node_modules./, ''))).toEqual(
      expect.arrayContaining(['@grpc/grpc-js', 'grpc-health-check', 'pino', 'protobufjs']),
    );
  });
});

describe('a package that is imported late', () => {
  test('comes whole out of a bundle: certificates can be made', async () => {
    const source = `
      import { x509Issuer } from ${JSON.stringify(join(process.cwd(), 'coordinator/tls/issue.ts'))};
      const validity = { notBeforeMs: Date.now(), notAfterMs: Date.now() + 60_000 };
      const authority = await x509Issuer.issueAuthority(validity);
      const serving = await x509Issuer.issueServing(authority, ['made.example'], validity);
      console.log(serving.certificate);
    `;
    const smoke = { args: [], exitCode: 0, says: /BEGIN CERTIFICATE/ };
    expect((await bundle(source, smoke)).problem).toBeUndefined();
  });
});

describe('findSmokeProblem', () => {
  test.for<[fact: string, source: string, problem: RegExp]>([
    ['a bundle that throws', 'throw new Error("broken");', /^ended with 1 instead of 0: .*broken/s],
    ['a bundle that says something else', 'console.log("else");', /^did not say \/hello\/: else/],
  ])('%s is a problem', async ([, source, problem]) => {
    const result = await bundle(source, { args: [], exitCode: 0, says: /hello/ });
    expect(result.problem).toMatch(problem);
  });

  test('a bundle that does as it must is none, and its size is known', async () => {
    const smoke = { args: ['hello'], exitCode: 0, says: /hello/ };
    const result = await bundle('console.log(process.argv[2]);', smoke);
    expect(result.problem).toBeUndefined();
    expect([...result.sizes.keys()]).toEqual(['made.mjs']);
    expect(result.sizes.get('made.mjs')).toBeGreaterThan(100);
  });
});
