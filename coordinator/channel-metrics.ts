// The metrics of the channel: connections, and the certificates that they are served with.

import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConnectionPhase } from './connections.ts';
import type { CertificateView } from './tls/keeper.ts';

export interface ChannelView {
  connections(phase: ConnectionPhase): number;
  /** Undefined without TLS. */
  readonly certificates: CertificateView | undefined;
}

export interface ChannelMetrics {
  readonly connectionsEnded: Counter<'reason'>;
  readonly rotations: Counter<'certificate'>;
}

const phases: readonly ConnectionPhase[] = ['waiting', 'handshake', 'stranger', 'trusted'];

/** `view` is undefined until the port is open. */
export function openChannelMetrics(
  registry: Registry,
  view: () => ChannelView | undefined,
): ChannelMetrics {
  const registers = [registry];
  new Gauge({
    name: 'forehold_connections',
    help: 'Connections to the gRPC port: before the TLS handshake, in it, without an accepted call yet, trusted.',
    labelNames: ['phase'],
    registers,
    collect() {
      for (const phase of phases) this.set({ phase }, view()?.connections(phase) ?? 0);
    },
  });
  addCertificateGauges(registry, () => view()?.certificates);
  return {
    connectionsEnded: new Counter({
      name: 'forehold_connections_ended_total',
      help: 'Connections to the gRPC port that were refused, or ended by the coordinator, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    rotations: new Counter({
      name: 'forehold_tls_rotations_total',
      help: 'Certificates that this replica has made: authority, serving.',
      labelNames: ['certificate'],
      registers,
    }),
  };
}

function addCertificateGauges(
  registry: Registry,
  certificates: () => CertificateView | undefined,
): void {
  const registers = [registry];
  new Gauge({
    name: 'forehold_tls_not_after_seconds',
    help: 'When the certificate served and its authority expire, in seconds since 1970.',
    labelNames: ['certificate'],
    registers,
    collect() {
      this.reset();
      const { servingNotAfterMs, authorityNotAfterMs } = certificates() ?? {};
      if (servingNotAfterMs !== undefined)
        this.set({ certificate: 'serving' }, servingNotAfterMs / 1_000);
      if (authorityNotAfterMs !== undefined)
        this.set({ certificate: 'authority' }, authorityNotAfterMs / 1_000);
    },
  });
  new Gauge({
    name: 'forehold_tls_troubled',
    help: '1 while certificates cannot be read, renewed or published; the log says why.',
    registers,
    collect() {
      this.set(certificates()?.isTroubled === true ? 1 : 0);
    },
  });
}
