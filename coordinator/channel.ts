// The channel to agents and people: the gRPC server, the certificates that it is served with, and their metrics.

import type { Registry } from 'prom-client';
import type { Clock } from '../shared/clock.ts';
import type { KubeClient } from '../shared/kube-client.ts';
import type { TlsSettings } from './channel-config.ts';
import { type ChannelMetrics, openChannelMetrics } from './channel-metrics.ts';
import { type GrpcServer, type GrpcServerOptions, startGrpcServer } from './server.ts';
import { FileSource } from './tls/files.ts';
import { x509Issuer } from './tls/issue.ts';
import { CertificateKeeper } from './tls/keeper.ts';
import { ManagedSource } from './tls/managed.ts';
import type { CertificateSource } from './tls/source.ts';

export interface ChannelOptions extends Omit<GrpcServerOptions, 'tls' | 'onEnded' | 'clock'> {
  readonly tls: TlsSettings;
  readonly kube: KubeClient;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Of the Secret. */
  readonly namespace: string;
  /** Of the ConfigMap that agents mount. */
  readonly pullNamespace: string;
  readonly registry: Registry;
  /** Certificates are kept until it aborts. */
  readonly signal: AbortSignal;
  /** The keeping of certificates broke. */
  readonly onFault: (error: unknown) => void;
}

export interface Channel extends GrpcServer {
  /** What keeps agents from being served, in words; undefined when nothing does. */
  readonly missing: string | undefined;
}

/**
 * Listens, and keeps the channel certified from now on.
 * @throws UnsafeAddressError without TLS unless the host is a loopback address; Error when it cannot be listened on.
 */
export async function openChannel(options: ChannelOptions): Promise<Channel> {
  const { registry, tls, log, signal, onFault } = options;
  const view: { server?: GrpcServer; keeper?: CertificateKeeper } = {};
  const metrics = openChannelMetrics(registry, () =>
    view.server === undefined
      ? undefined
      : { connections: view.server.connections, certificates: view.keeper?.view },
  );
  const server = await startGrpcServer({
    ...options,
    // Connections live in real time.
    clock: undefined,
    tls: tls.kind !== 'off',
    onEnded: (reason) => metrics.connectionsEnded.inc({ reason }),
  });
  view.server = server;
  if (tls.kind === 'off') return Object.assign(server, { missing: undefined });
  const keeper = new CertificateKeeper({
    ...options,
    source: openSource(tls, metrics, options),
    configMap: { ...options, namespace: options.pullNamespace, name: tls.caConfigMap },
    onCertificate: server.certify,
  });
  view.keeper = keeper;
  keeper.run(signal).catch((error: unknown) => {
    if (!signal.aborted) onFault(error);
  });
  log.info({ mode: tls.kind }, 'certificates are kept');
  return {
    ...server,
    get missing() {
      const { servingNotAfterMs } = keeper.view;
      return servingNotAfterMs === undefined ? 'there is no certificate to serve' : undefined;
    },
  };
}

function openSource(
  tls: Exclude<TlsSettings, { readonly kind: 'off' }>,
  { rotations }: ChannelMetrics,
  options: ChannelOptions,
): CertificateSource {
  if (tls.kind === 'files') return new FileSource(tls.directory, options.clock);
  return new ManagedSource({
    ...options,
    ...tls,
    issuer: x509Issuer,
    onRotated: (certificate) => rotations.inc({ certificate }),
  });
}
