// How the inspector of an installed release is reached, as docs and NOTES tell people to: port-forward, TLS with the
// published authority, and a ten-minute token of a viewer.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPullNamespace, ports } from '../../../shared/names.ts';
import type { Dial } from './inspector.ts';
import { Program } from './program.ts';
import { findFreePort } from './registry-front.ts';
import { type Release, releaseNamespace } from './release.ts';
import { until } from './until.ts';

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

const tokenVariable = 'INSPECTOR_TOKEN';
const tokenLifeMs = 600_000;
const forwardDeadlineMs = 15_000;

export class InspectorDial {
  readonly #release: Release;
  readonly #folder: string;
  readonly #kubeconfig: string;
  readonly #account: string;
  #token = '';
  #tokenAtMs = Number.NEGATIVE_INFINITY;
  #forward: { program: Program; pod: string; address: string } | undefined;

  constructor(
    release: Release,
    at: { folder: string; kubeconfig: string },
    account = 'forehold-viewer',
  ) {
    this.#release = release;
    this.#folder = at.folder;
    this.#kubeconfig = at.kubeconfig;
    this.#account = account;
  }

  /** To the replica that leads now. */
  readonly dial = async (): Promise<Dial> => {
    const pod = await until('a coordinator leads', forwardDeadlineMs, () =>
      this.#release.findLeader(),
    );
    if (this.#forward?.pod !== pod || !this.#forward.program.running) await this.#open(pod);
    const token = await this.#freshToken();
    const caFile = await this.writeAuthority();
    return {
      args: [
        ...['-cacert', caFile, '-authority', `forehold.${releaseNamespace}.svc`],
        // Out of the environment, so that no message of a failed command repeats it.
        ...['-expand-headers', '-H', `authorization: Bearer \${${tokenVariable}}`],
      ],
      environment: { [tokenVariable]: token },
      address: this.#forward?.address ?? '',
    };
  };

  /** Path of the published authority, as it is now. */
  async writeAuthority(): Promise<string> {
    const path = `/api/v1/namespaces/${defaultPullNamespace}/configmaps/forehold-ca`;
    const { data } = await this.#release.kube.get<ConfigMap>(path);
    const file = join(this.#folder, 'forehold-ca.crt');
    await writeFile(file, data?.['ca.crt'] ?? '');
    return file;
  }

  async close(): Promise<void> {
    await this.#forward?.program.end('SIGTERM');
    this.#forward = undefined;
  }

  async #open(pod: string): Promise<void> {
    await this.close();
    const port = await findFreePort('127.0.0.1', [0]);
    const program = new Program({
      name: 'port-forward',
      command: 'kubectl',
      args: ['port-forward', '-n', releaseNamespace, `pod/${pod}`, `${port}:${ports.grpc}`],
      environment: { KUBECONFIG: this.#kubeconfig },
      logFile: join(this.#folder, 'port-forward.log'),
    });
    program.start();
    this.#forward = { program, pod, address: `localhost:${port}` };
    await until('port-forward listens', forwardDeadlineMs, async () => {
      if (!program.running) throw new Error(program.logTail(3));
      return (await findFreePort('127.0.0.1', [port ?? 0])) === undefined;
    });
  }

  async #freshToken(): Promise<string> {
    // Half of its life left is enough for any question.
    if (performance.now() - this.#tokenAtMs < tokenLifeMs / 2) return this.#token;
    const args = ['create', 'token', this.#account, '-n', releaseNamespace];
    const life = ['--audience', 'forehold-inspector', '--duration', '10m'];
    this.#token = (await this.#release.kube.kubectl([...args, ...life])).trim();
    this.#tokenAtMs = performance.now();
    return this.#token;
  }
}
