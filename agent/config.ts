// The agent's settings, read once from the environment. In a pod nothing but NODE_NAME has to be set: the API server,
// its authority and the token are where every pod finds them.

import { readFileSync } from 'node:fs';
import type { Clock } from '../shared/clock.ts';
import { type Environment, EnvReader, formatHostPort, type HostPort } from '../shared/env.ts';
import { describeFileError } from '../shared/file-error.ts';
import { type KubeEndpoint, openFileToken } from '../shared/kube-client.ts';
import { type LogLevel, logLevels } from '../shared/log.ts';
import { isLoopback } from '../shared/loopback.ts';
import { audiences, defaultPullNamespace, ports } from '../shared/names.ts';
import { defaultMaxStatusImages } from './core/inventory.ts';
import { SessionToken } from './session-token.ts';
import type { TransportTls } from './transport.ts';

export interface AgentConfig {
  readonly nodeName: string;
  readonly namespace: string;
  /** HOST:PORT */
  readonly coordinator: string;
  /** Undefined where the coordinator believes every agent. */
  readonly sessionToken: SessionToken | undefined;
  /** Undefined means plain text. */
  readonly tls: TransportTls | undefined;
  readonly endpoint: KubeEndpoint;
  readonly http: HostPort;
  readonly logLevel: LogLevel;
  readonly ownPodName: string | undefined;
  readonly priorityClassName: string | undefined;
  readonly maxStatusImages: number;
}

export const usage = `forehold agent: reports the images of its node and makes pull pods there, when it is offered a lease

  node agent.mjs           runs it until SIGTERM

It is configured by environment variables; an empty one is the same as none. In a pod only NODE_NAME has to be set.

  NODE_NAME                the node that it speaks for
  FOREHOLD_COORDINATOR     HOST:PORT; of several addresses behind HOST it finds the one that leads
                                                                               default 127.0.0.1:${ports.grpc}
  FOREHOLD_CA_FILE         ca.crt of the coordinator; without it only a loopback address is dialled, in plain text
  FOREHOLD_SERVER_NAME     name that must stand in the coordinator's certificate
                                                                               default the coordinator's HOST
  FOREHOLD_SESSION_TOKEN_FILE
                           token of audience ${audiences.session}, read again as it rotates
  FOREHOLD_HTTP_ADDRESS    /metrics, /healthz, /readyz                         default 127.0.0.1:${ports.http}
  FOREHOLD_PULL_NAMESPACE  namespace of pull pods                              default ${defaultPullNamespace}
  FOREHOLD_POD_NAME        its own pod there, whose DaemonSet becomes an owner of pull pods
  FOREHOLD_PULL_PRIORITY_CLASS
                           priority class of pull pods                         default the cluster's
  FOREHOLD_NODE_STATUS_MAX_IMAGES
                           the kubelet's nodeStatusMaxImages, -1 for no limit  default ${defaultMaxStatusImages}
  FOREHOLD_LOG_LEVEL       ${logLevels.join(', ')}                    default info
  FOREHOLD_KUBE_URL        API server                                          default the pod's cluster
  FOREHOLD_KUBE_CA_FILE    its authority                                       default the pod's service account
  FOREHOLD_KUBE_TOKEN_FILE token for it, read again as it rotates              default the pod's service account
  KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT
                           set in a pod
`;

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * @throws ConfigError with every problem
 */
export function readConfig(environment: Environment, clock: Clock): AgentConfig {
  const reader = new EnvReader(environment);
  const config: AgentConfig = {
    nodeName: reader.required('NODE_NAME'),
    namespace: reader.namespace('FOREHOLD_PULL_NAMESPACE', defaultPullNamespace),
    ...readCoordinator(reader),
    sessionToken: readSessionToken(reader),
    endpoint: readEndpoint(reader, environment, clock),
    http: reader.hostPort('FOREHOLD_HTTP_ADDRESS', `127.0.0.1:${ports.http}`),
    logLevel: reader.oneOf('FOREHOLD_LOG_LEVEL', logLevels, 'info'),
    ownPodName: reader.optional('FOREHOLD_POD_NAME'),
    priorityClassName: readPriorityClass(reader),
    maxStatusImages: readMaxStatusImages(reader),
  };
  reader.finish();
  return Object.freeze(config);
}

function readCoordinator(reader: EnvReader): Pick<AgentConfig, 'coordinator' | 'tls'> {
  const name = 'FOREHOLD_COORDINATOR';
  const { host } = reader.hostPort(name, `127.0.0.1:${ports.grpc}`);
  const coordinator = reader.text(name, `127.0.0.1:${ports.grpc}`);
  const caFile = reader.optional('FOREHOLD_CA_FILE');
  const serverName = reader.text('FOREHOLD_SERVER_NAME', host);
  if (caFile !== undefined) return { coordinator, tls: { caFile, serverName } };
  if (!isLoopback(host))
    reader.problem(
      `${name}: cannot dial in plain text on ${host}: set FOREHOLD_CA_FILE to the mounted ca.crt, or use a loopback address (127.0.0.1, ::1, localhost)`,
    );
  return { coordinator, tls: undefined };
}

function readSessionToken(reader: EnvReader): SessionToken | undefined {
  const name = 'FOREHOLD_SESSION_TOKEN_FILE';
  const path = reader.text(name, '');
  readFile(reader, name, path);
  return path === '' ? undefined : new SessionToken(() => readFileSync(path, 'utf8'));
}

function readEndpoint(reader: EnvReader, environment: Environment, clock: Clock): KubeEndpoint {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '443';
  const inPod = host !== undefined && host !== '';
  const url = reader.text(
    'FOREHOLD_KUBE_URL',
    inPod ? `https://${formatHostPort(host, port)}` : '',
  );
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url))
    reader.problem(
      url === ''
        ? 'there is no API server: set FOREHOLD_KUBE_URL, or run in a pod'
        : `FOREHOLD_KUBE_URL must be a URL such as https://10.96.0.1:443, not "${url}"`,
    );
  const mounted = (file: string): string => (inPod ? `${serviceAccount}/${file}` : '');
  const caFile = reader.text('FOREHOLD_KUBE_CA_FILE', mounted('ca.crt'));
  const tokenFile = reader.text('FOREHOLD_KUBE_TOKEN_FILE', mounted('token'));
  const token = tokenFile === '' ? undefined : openFileToken(tokenFile, clock);
  readFile(reader, 'FOREHOLD_KUBE_TOKEN_FILE', tokenFile);
  const ca = readFile(reader, 'FOREHOLD_KUBE_CA_FILE', caFile);
  return { url, ca, token, userAgent: 'forehold-agent' };
}

/** Undefined without a path; noted as a problem when the file cannot be read. */
function readFile(reader: EnvReader, name: string, path: string): Buffer | undefined {
  if (path === '') return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    reader.problem(`${name}: cannot read ${path}: ${describeFileError(error)}`);
    return undefined;
  }
}

function readPriorityClass(reader: EnvReader): string | undefined {
  const name = 'FOREHOLD_PULL_PRIORITY_CLASS';
  const text = reader.optional(name);
  if (text?.startsWith('system-'))
    reader.problem(`${name} must not be ${text}: the kubelet would evict other pods for a pull`);
  return text;
}

function readMaxStatusImages(reader: EnvReader): number {
  const name = 'FOREHOLD_NODE_STATUS_MAX_IMAGES';
  const text = reader.text(name, String(defaultMaxStatusImages));
  if (!/^(-1|\d{1,6})$/.test(text))
    reader.problem(`${name} must be the kubelet's nodeStatusMaxImages, -1 or more, not "${text}"`);
  return Number(text);
}
