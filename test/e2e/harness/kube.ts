// The cluster as its administrator sees it: kubectl for what people type, requests for what is asked often.

import { type KubeClient, openKubeClient } from '../../../shared/kube-client.ts';
import type { KubeObject, Node, Pod } from '../../../shared/kube-types.ts';
import { apiGroup, apiVersion } from '../../../shared/names.ts';
import { runCommand } from './commands.ts';

// The built-in limit `image`: with more nodes not all of them would pull at one time.
const maxNodes = 3;

interface Kubeconfig {
  readonly clusters: readonly [
    {
      readonly cluster: { readonly server: string; readonly 'certificate-authority-data'?: string };
    },
  ];
  readonly users: readonly [
    {
      readonly user: {
        readonly 'client-certificate-data'?: string;
        readonly 'client-key-data'?: string;
        readonly token?: string;
      };
    },
  ];
}

export class Kube {
  readonly server: string;
  /** PEM; undefined when the kubeconfig has none. */
  readonly authority: string | undefined;
  readonly client: KubeClient;
  readonly #kubeconfig: string;

  constructor(path: string, config: Kubeconfig) {
    const { cluster } = config.clusters[0];
    const { user } = config.users[0];
    this.#kubeconfig = path;
    this.server = cluster.server;
    this.authority = decode(cluster['certificate-authority-data']);
    this.client = openKubeClient({
      url: cluster.server,
      ca: this.authority,
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
      token: user.token === undefined ? undefined : () => user.token,
      userAgent: 'forehold-e2e',
    });
  }

  kubectl(args: readonly string[], input?: string, timeoutMs?: number): Promise<string> {
    const options = {
      environment: { KUBECONFIG: this.#kubeconfig },
      ...(input === undefined ? {} : { input }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    return runCommand('kubectl', args, options);
  }

  /** `kubectl apply` of YAML text or of one object. */
  async apply(what: string | KubeObject): Promise<void> {
    await this.kubectl(
      ['apply', '-f', '-'],
      typeof what === 'string' ? what : JSON.stringify(what),
    );
  }

  get<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.client.request<T>({ method: 'GET', path, query });
  }

  /**
   * Nodes that take ordinary pods, such as a kind cluster's workers.
   * @throws Error when there are more than the built-in limit per image lets pull at once
   */
  async nodes(): Promise<readonly Node[]> {
    const { items } = await this.get<{ items: readonly Node[] }>('/api/v1/nodes');
    const nodes = items.filter(isOrdinary);
    if (nodes.length === 0 || nodes.length > maxNodes)
      throw new Error(`the suite wants 1 to ${maxNodes} untainted nodes, not ${nodes.length}`);
    return nodes;
  }

  async pods(namespace: string): Promise<readonly Pod[]> {
    return (await this.get<{ items: readonly Pod[] }>(`/api/v1/namespaces/${namespace}/pods`))
      .items;
  }

  /** Path of one CachedImage. */
  static imagePath(name: string): string {
    return `/apis/${apiGroup}/${apiVersion}/cachedimages/${name}`;
  }
}

/** Reads the kubeconfig's current context through kubectl, which knows all its forms. */
export async function openKube(kubeconfig: string): Promise<Kube> {
  const environment = { KUBECONFIG: kubeconfig };
  const text = await runCommand(
    'kubectl',
    ['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'],
    { environment },
  );
  const config: Kubeconfig = JSON.parse(text);
  return new Kube(kubeconfig, config);
}

function isOrdinary({ spec }: Node): boolean {
  const repelled = spec?.taints?.some((taint) => taint.effect !== 'PreferNoSchedule') ?? false;
  return !repelled && spec?.unschedulable !== true;
}

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
}
