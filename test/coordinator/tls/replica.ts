// One replica's keeping of certificates, on a virtual clock, and a real TLS server that serves what it hands out.

import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { checkServerIdentity, connect, createServer, type PeerCertificate } from 'node:tls';
import type { ServingCertificate } from '../../../coordinator/listener.ts';
import { x509Issuer } from '../../../coordinator/tls/issue.ts';
import { CertificateKeeper } from '../../../coordinator/tls/keeper.ts';
import { splitPem } from '../../../coordinator/tls/key-pair.ts';
import { ManagedSource, type ManagedSourceOptions } from '../../../coordinator/tls/managed.ts';
import type { KubeClient } from '../../../shared/kube-client.ts';
import type { VirtualClock } from '../../../sim/virtual-clock.ts';
import { openTestLog } from '../stand.ts';

const serverName = 'forehold-sessions.forehold.svc';

export class TestReplica {
  readonly keeper: CertificateKeeper;
  readonly lines: Record<string, unknown>[];
  readonly rotations: string[] = [];
  readonly #server = createServer({ minVersion: 'TLSv1.3', ALPNProtocols: ['h2'] });
  readonly #clock: VirtualClock;
  served: ServingCertificate | undefined;

  constructor(kube: KubeClient, clock: VirtualClock, change: Partial<ManagedSourceOptions> = {}) {
    const { log, lines } = openTestLog();
    this.#clock = clock;
    this.lines = lines;
    this.#server.on('secureConnection', (socket) => socket.on('error', () => undefined).end());
    const source = new ManagedSource({
      kube,
      clock,
      log,
      issuer: x509Issuer,
      namespace: 'forehold',
      secretName: 'forehold-tls',
      names: [serverName, 'forehold.forehold.svc'],
      onRotated: (certificate) => this.rotations.push(certificate),
      ...change,
    });
    this.keeper = new CertificateKeeper({
      source,
      configMap: { kube, namespace: 'forehold-pulls', name: 'forehold-ca' },
      clock,
      random: () => 0.5,
      log,
      onCertificate: (certificate) => {
        const { certificate: cert, key } = certificate;
        this.served = certificate;
        this.#server.setSecureContext({ cert, key, minVersion: 'TLSv1.3' });
      },
    });
  }

  pass(): Promise<boolean> {
    return this.keeper.pass(new AbortController().signal);
  }

  messages(level: string): unknown[] {
    return this.lines.filter((line) => line['level'] === level).map(({ msg }) => msg);
  }

  async listen(): Promise<number> {
    if (!this.#server.listening)
      await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  close(): void {
    this.#server.close();
  }

  /**
   * Dials as an agent with these authorities would at the virtual time; undefined when it trusts what it sees. The handshake
   * is real; chain and times are judged here, because OpenSSL knows the real time only.
   */
  async dial(bundle: string, name = serverName): Promise<string | undefined> {
    const port = await this.listen();
    return new Promise((resolve) => {
      const socket = connect({
        host: '127.0.0.1',
        port,
        servername: name,
        minVersion: 'TLSv1.3',
        ALPNProtocols: ['h2'],
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
      });
      socket.on('error', (error) => resolve(error.message));
      socket.on('secureConnect', () => {
        const peer = socket.getPeerCertificate();
        socket.end();
        resolve(this.#findProblem(peer, splitPem(bundle), name));
      });
    });
  }

  #findProblem(
    peer: PeerCertificate,
    authorities: readonly string[],
    name: string,
  ): string | undefined {
    const nowMs = this.#clock.now().wallMs;
    const isValid = ({ validFromDate, validToDate }: X509Certificate): boolean =>
      nowMs >= validFromDate.getTime() && nowMs < validToDate.getTime();
    const leaf = new X509Certificate(peer.raw);
    const signer = authorities
      .map((pem) => new X509Certificate(pem))
      .find((authority) => leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
    if (signer === undefined) return 'unknown authority';
    if (!isValid(signer) || !isValid(leaf)) return 'expired, or not valid yet';
    return checkServerIdentity(name, peer)?.message;
  }
}
