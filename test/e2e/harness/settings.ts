// The environment variables of the two programs, so that a renamed setting is renamed here only.

import { defaultPullNamespace } from '../../../shared/names.ts';
import { systemNamespace } from './cluster-setup.ts';

export interface Ports {
  readonly grpc: number;
  readonly http: number;
}

export function describeCoordinator(
  kubeconfig: string,
  ports: Ports,
  identity: string,
): Record<string, string> {
  return {
    KUBECONFIG: kubeconfig,
    FOREHOLD_IDENTITY: identity,
    FOREHOLD_GRPC_ADDRESS: `127.0.0.1:${ports.grpc}`,
    FOREHOLD_HTTP_ADDRESS: `127.0.0.1:${ports.http}`,
    FOREHOLD_PULL_NAMESPACE: defaultPullNamespace,
    FOREHOLD_READ_EVENTS: 'on',
    FOREHOLD_NAMESPACE: systemNamespace,
  };
}

export interface AgentSettings {
  readonly nodeName: string;
  /** HOST:PORT of the coordinator. */
  readonly coordinator: string;
  readonly httpPort: number;
  readonly server: string;
  readonly authorityFile: string;
  readonly tokenFile: string;
}

export function describeAgent(settings: AgentSettings): Record<string, string> {
  return {
    NODE_NAME: settings.nodeName,
    FOREHOLD_COORDINATOR: settings.coordinator,
    FOREHOLD_HTTP_ADDRESS: `127.0.0.1:${settings.httpPort}`,
    FOREHOLD_PULL_NAMESPACE: defaultPullNamespace,
    FOREHOLD_KUBE_URL: settings.server,
    FOREHOLD_KUBE_CA_FILE: settings.authorityFile,
    FOREHOLD_KUBE_TOKEN_FILE: settings.tokenFile,
  };
}
