// Where the user says the coordinator is.

import { parseHostPort } from '../../shared/env.ts';
import { isLoopback } from '../../shared/loopback.ts';
import { defaultPullNamespace, ports } from '../../shared/names.ts';

export type ConnectSettings =
  | {
      readonly kind: 'address';
      /** HOST:PORT */
      readonly target: string;
      readonly caFile: string | undefined;
      readonly tokenFile: string | undefined;
      /** Name for which the coordinator's certificate is made. */
      readonly serverName: string;
    }
  | {
      readonly kind: 'cluster';
      /** Undefined looks where kubectl looks: KUBECONFIG, the home directory, the pod's own account. */
      readonly kubeconfig: string | undefined;
      /** Undefined is the current one. */
      readonly context: string | undefined;
      /** KUBECONFIG is set. */
      readonly hasDefault: boolean;
      /** Where the coordinator runs. */
      readonly namespace: string;
      /** Where the agents run, and the coordinator's CA is published. */
      readonly pullNamespace: string;
    };

export interface ConnectEnvironment {
  /** FOREHOLD_COORDINATOR */
  readonly coordinator: string | undefined;
  /** KUBECONFIG is set. */
  readonly hasKubeconfig: boolean;
}

export const connectOptions = {
  coordinator: 'value',
  'ca-file': 'value',
  'token-file': 'value',
  kubeconfig: 'value',
  context: 'value',
  namespace: 'value',
  'pull-namespace': 'value',
} as const;

const defaultNamespace = 'forehold';
const ofAddress = ['ca-file', 'token-file'] as const;
const ofCluster = ['kubeconfig', 'context'] as const;

/** A sentence when the options do not fit together. */
export function readConnectSettings(
  values: ReadonlyMap<string, string>,
  environment: ConnectEnvironment,
): ConnectSettings | string {
  const namespace = values.get('namespace') ?? defaultNamespace;
  const given = values.get('coordinator');
  const target = given ?? (environment.coordinator || undefined);
  const isCluster = ofCluster.some((name) => values.has(name));
  // What is said on the command line wins over the environment.
  if (target !== undefined && (given !== undefined || !isCluster)) {
    const stray = ofCluster.find((name) => values.has(name));
    if (stray !== undefined) return `--${stray} does not go with --coordinator`;
    return readAddress(target, given === undefined ? 'FOREHOLD_COORDINATOR' : '--coordinator', {
      values,
      namespace,
    });
  }
  const stray = ofAddress.find((name) => values.has(name));
  if (stray !== undefined) return `--${stray} needs --coordinator HOST:PORT`;
  return {
    kind: 'cluster',
    kubeconfig: values.get('kubeconfig'),
    context: values.get('context'),
    hasDefault: environment.hasKubeconfig,
    namespace,
    pullNamespace: values.get('pull-namespace') ?? defaultPullNamespace,
  };
}

function readAddress(
  target: string,
  from: string,
  { values, namespace }: { values: ReadonlyMap<string, string>; namespace: string },
): ConnectSettings | string {
  const address = parseHostPort(target);
  if (address === undefined)
    return `${from}: "${target}" is not HOST:PORT, such as 127.0.0.1:${ports.grpc}`;
  const caFile = values.get('ca-file');
  const tokenFile = values.get('token-file');
  if (caFile === undefined && tokenFile !== undefined)
    return '--token-file needs --ca-file: a token never travels in plain text';
  if (caFile === undefined && !isLoopback(address.host))
    return `${from}: ${address.host} is not on this machine, so it needs --ca-file and --token-file`;
  return { kind: 'address', target, caFile, tokenFile, serverName: `forehold.${namespace}.svc` };
}
