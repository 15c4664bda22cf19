// The way to a coordinator: either straight to an address that the user names, or through the cluster of a kubeconfig.
// What opens it is told apart here; what is loaded for a kubeconfig alone is loaded only then.

import { readFileSync } from 'node:fs';
import { describeFileError } from '../../shared/file-error.ts';
import { type Access, ConnectError, type Connection } from './connection.ts';
import type { ConnectSettings } from './settings.ts';

/** @throws ConnectError */
export async function openConnection(
  settings: ConnectSettings,
  access: Access,
): Promise<Connection> {
  if (settings.kind === 'address') return openAddress(settings);
  const { connectThroughCluster } = await import('./through-cluster.ts');
  return connectThroughCluster(settings, access);
}

type AddressSettings = Extract<ConnectSettings, { kind: 'address' }>;

function openAddress({ target, caFile, tokenFile, serverName }: AddressSettings): Connection {
  const trust =
    caFile === undefined ? undefined : { ca: readFile('--ca-file', caFile), serverName };
  return {
    target,
    trust,
    // Read each time: who writes the file may renew it.
    token: async () =>
      tokenFile === undefined
        ? undefined
        : readFile('--token-file', tokenFile).toString('utf8').trim(),
    problem: () => undefined,
    close: () => undefined,
  };
}

function readFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConnectError(`cannot read ${option} ${path}: ${describeFileError(error)}`, {
      cause: error,
    });
  }
}
