// The coordinator's settings: environment variables, and the limits file that one of them names. Everything that is wrong
// is said at once.

import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import {
  type Environment,
  EnvReader,
  formatHostPort,
  type HostPort,
  parseHostPort,
} from '../shared/env.ts';
import { describeFileError } from '../shared/file-error.ts';
import { type LogLevel, logLevels } from '../shared/log.ts';
import { defaultPullNamespace, ports } from '../shared/names.ts';
import { type ChannelConfig, channelUsage, readChannel } from './channel-config.ts';
import type { Limit } from './core/limits.ts';
import type { EndpointSettings } from './kube/endpoint.ts';
import { readLimits } from './limits-config.ts';

export interface CoordinatorConfig extends ChannelConfig {
  readonly http: HostPort;
  readonly kube: EndpointSettings;
  readonly pullNamespace: string;
  readonly readsEvents: boolean;
  readonly leaseNamespace: string;
  /** Holder of the coordination Lease while this one leads. */
  readonly identity: string;
  /** HOST:PORT for agents; undefined means the gRPC address. */
  readonly advertisedAddress: string | undefined;
  readonly limits: readonly Limit[];
  /** Undefined when only the built-in limits hold. */
  readonly limitsFile: string | undefined;
  readonly logLevel: LogLevel;
}

export const usage = `forehold coordinator: hands out pull leases to the agents of one cluster

  node coordinator.mjs            runs it until SIGTERM
  node coordinator.mjs uninstall  removes what it made: pull pods, coordination Lease, pauses, certificates; ends with 0
                                  when nothing is left but pulls under way, else with 1

It is configured by environment variables; an empty one is the same as none.

  ${channelUsage}
  FOREHOLD_HTTP_ADDRESS    /metrics, /healthz, /readyz                         default 127.0.0.1:${ports.http}
  FOREHOLD_PULL_NAMESPACE  namespace of pull pods and pull secrets             default ${defaultPullNamespace}
  FOREHOLD_READ_EVENTS     on: ask events of that namespace, which needs the right to list them, why a pull pod got no
                           sandbox; off: SandboxFailed does not say        default off
  FOREHOLD_NAMESPACE       namespace of the coordinators' coordination Lease   default forehold
  FOREHOLD_IDENTITY        its holder while this one leads                     default the host name
  FOREHOLD_ADVERTISED_ADDRESS
                           HOST:PORT at which agents reach this one            default the gRPC address
  FOREHOLD_LIMITS_FILE     YAML file of limits                                 default none, built-in limits
  FOREHOLD_LOG_LEVEL       ${logLevels.join(', ')}                    default info
  FOREHOLD_KUBE_URL        API server without authentication, such as http://127.0.0.1:6443
  KUBECONFIG               kubeconfig file, when FOREHOLD_KUBE_URL is not set
  KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT
                           set in a pod, whose service account is used otherwise
`;

/**
 * @throws ConfigError with every problem.
 */
export function readConfig(environment: Environment): CoordinatorConfig {
  const reader = new EnvReader(environment);
  const limitsFile = reader.optional('FOREHOLD_LIMITS_FILE');
  const config = {
    ...readChannel(reader),
    http: reader.hostPort('FOREHOLD_HTTP_ADDRESS', `127.0.0.1:${ports.http}`),
    kube: readEndpoint(reader),
    pullNamespace: reader.namespace('FOREHOLD_PULL_NAMESPACE', defaultPullNamespace),
    readsEvents: reader.oneOf('FOREHOLD_READ_EVENTS', ['on', 'off'], 'off') === 'on',
    leaseNamespace: reader.namespace('FOREHOLD_NAMESPACE', 'forehold'),
    identity: readIdentity(reader),
    advertisedAddress: readAdvertisedAddress(reader),
    limits: limitsFile === undefined ? [] : readLimitsFile(reader, limitsFile),
    limitsFile,
    logLevel: reader.oneOf('FOREHOLD_LOG_LEVEL', logLevels, 'info'),
  };
  reader.finish();
  return Object.freeze(config);
}

function readEndpoint(reader: EnvReader): EndpointSettings {
  const url = reader.optional('FOREHOLD_KUBE_URL');
  const path = reader.optional('KUBECONFIG');
  const host = reader.optional('KUBERNETES_SERVICE_HOST');
  const port = reader.text('KUBERNETES_SERVICE_PORT', '443');
  if (url !== undefined) {
    if (!URL.canParse(url) || !/^https?:/.test(url))
      reader.problem(`FOREHOLD_KUBE_URL must be a URL such as http://127.0.0.1:6443, not "${url}"`);
    return { kind: 'url', url };
  }
  if (path !== undefined) return { kind: 'kubeconfig', path };
  if (host !== undefined) return { kind: 'inCluster', host, port };
  reader.problem(
    'there is no API server: set FOREHOLD_KUBE_URL or KUBECONFIG, or run in a pod with a service account',
  );
  return { kind: 'url', url: '' };
}

function readIdentity(reader: EnvReader): string {
  const identity = reader.text('FOREHOLD_IDENTITY', hostname());
  if (!/^[\x21-\x7e]{1,253}$/.test(identity))
    reader.problem('FOREHOLD_IDENTITY must be the name of a pod or a host, without spaces');
  return identity;
}

function readAdvertisedAddress(reader: EnvReader): string | undefined {
  const name = 'FOREHOLD_ADVERTISED_ADDRESS';
  const given = reader.optional(name);
  if (given === undefined) return undefined;
  // A pod's address comes without brackets, whatever its family.
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(given) ?? [];
  const address = isIPv6(host) ? formatHostPort(host, port) : given;
  if (parseHostPort(address) === undefined)
    reader.problem(`${name} must be HOST:PORT such as 10.0.0.7:${ports.grpc}, not "${given}"`);
  return address;
}

function readLimitsFile(reader: EnvReader, path: string): readonly Limit[] {
  try {
    const reading = readLimits(readFileSync(path, 'utf8'));
    if (reading.kind === 'read') return reading.limits;
    for (const problem of reading.problems) reader.problem(`${path} ${problem}`);
  } catch (error) {
    reader.problem(`FOREHOLD_LIMITS_FILE: cannot read ${path}: ${describeFileError(error)}`);
  }
  return [];
}
