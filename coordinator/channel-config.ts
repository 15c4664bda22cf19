// The settings of the channel to agents and people: the address, TLS and authentication. They stand together because
// they depend on each other: what another machine can reach must have both of the latter.

import type { EnvReader, HostPort } from '../shared/env.ts';
import { isLoopback } from '../shared/loopback.ts';
import { accounts, audiences, caConfigMapName, ports, tlsSecretName } from '../shared/names.ts';

export type TlsSettings =
  /** Plain text; loopback only. */
  | { readonly kind: 'off' }
  /** The coordinator makes authority and certificates, and keeps them in a Secret of its own namespace. */
  | {
      readonly kind: 'managed';
      readonly secretName: string;
      /** DNS names of the serving certificate; at least one. */
      readonly names: readonly string[];
      readonly caConfigMap: string;
    }
  /** Somebody else does, in files. */
  | { readonly kind: 'files'; readonly directory: string; readonly caConfigMap: string };

export interface ChannelConfig {
  readonly grpc: HostPort;
  readonly tls: TlsSettings;
  /** Undefined when everybody is believed. */
  readonly authentication: { readonly agentServiceAccount: string } | undefined;
}

export const channelUsage = `
  FOREHOLD_GRPC_ADDRESS    sessions and inspector                              default 127.0.0.1:${ports.grpc}
                           any but a loopback address needs TLS and authentication
  FOREHOLD_TLS             off, managed (own authority, kept in a Secret) or
                           files (somebody else's)                             default off
  FOREHOLD_TLS_SECRET      managed: the Secret, in FOREHOLD_NAMESPACE          default ${tlsSecretName}
  FOREHOLD_TLS_NAMES       managed: DNS names of the certificate, with commas between them
  FOREHOLD_TLS_DIRECTORY   files: folder of tls.crt, tls.key and ca.crt, read again when they change
  FOREHOLD_CA_CONFIG_MAP   ConfigMap in FOREHOLD_PULL_NAMESPACE whose key ca.crt agents mount
                                                                               default ${caConfigMapName}
  FOREHOLD_AUTHENTICATION  off (loopback only) or tokens: agents and callers of the inspector show bearer tokens of
                           audience ${audiences.session} and ${audiences.inspector}      default off
  FOREHOLD_AGENT_SERVICE_ACCOUNT
                           account of agents, in the pull namespace            default ${accounts.agent}
`.trim();

// A label of DNS, and names of them; no wildcards: agents ask for one name.
const dnsName =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
// Service names in their four lengths, several Services: more would not fit into a handshake's first packet.
const maxNames = 32;

export function readChannel(reader: EnvReader): ChannelConfig {
  const name = 'FOREHOLD_GRPC_ADDRESS';
  const grpc = reader.hostPort(name, `127.0.0.1:${ports.grpc}`);
  const tls = readTls(reader);
  if (tls.kind === 'off' && !isLoopback(grpc.host))
    reader.problem(
      `${name}: cannot listen in plain text on ${grpc.host}: set FOREHOLD_TLS to managed or files, or listen on 127.0.0.1`,
    );
  return { grpc, tls, authentication: readAuthentication(reader, grpc.host) };
}

function readAuthentication(reader: EnvReader, host: string): ChannelConfig['authentication'] {
  const name = 'FOREHOLD_AUTHENTICATION';
  const kind = reader.oneOf(name, ['off', 'tokens'], 'off');
  const account = reader.text('FOREHOLD_AGENT_SERVICE_ACCOUNT', accounts.agent);
  if (kind === 'tokens') return { agentServiceAccount: account };
  if (!isLoopback(host))
    reader.problem(
      `${name}: cannot be off on ${host}: anybody who reaches it would be believed; set it to tokens, or listen on 127.0.0.1`,
    );
  return undefined;
}

function readTls(reader: EnvReader): TlsSettings {
  const kind = reader.oneOf('FOREHOLD_TLS', ['off', 'managed', 'files'], 'off');
  const secretName = readName(reader, 'FOREHOLD_TLS_SECRET', tlsSecretName);
  const caConfigMap = readName(reader, 'FOREHOLD_CA_CONFIG_MAP', caConfigMapName);
  const names = readNames(reader);
  const directory = reader.optional('FOREHOLD_TLS_DIRECTORY');
  if (kind === 'off') return { kind };
  if (kind === 'managed') {
    if (names.length === 0)
      reader.problem('FOREHOLD_TLS_NAMES is not set: FOREHOLD_TLS=managed needs a DNS name');
    return { kind, secretName, names, caConfigMap };
  }
  if (directory === undefined)
    reader.problem('FOREHOLD_TLS_DIRECTORY is not set: FOREHOLD_TLS=files needs it');
  return { kind, directory: directory ?? '', caConfigMap };
}

function readName(reader: EnvReader, name: string, fallback: string): string {
  const value = reader.text(name, fallback);
  if (!dnsName.test(value)) reader.problem(`${name} must be the name of an object, not "${value}"`);
  return value;
}

function readNames(reader: EnvReader): readonly string[] {
  const variable = 'FOREHOLD_TLS_NAMES';
  const names = reader
    .text(variable, '')
    .split(',')
    .filter((name) => name !== '');
  const bad = names.find((name) => !dnsName.test(name));
  if (bad !== undefined) reader.problem(`${variable} must be DNS names, and "${bad}" is none`);
  if (names.length > maxNames)
    reader.problem(`${variable} has ${names.length} names, more than the ${maxNames} allowed`);
  return [...new Set(names)];
}
