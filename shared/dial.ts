// Clients of our two services: TLS 1.3 with an authority of our own, or plain text on a loopback address. Every client
// has a connection of its own, as it would on its own node: grpc-js would otherwise share one among all clients of a
// process, and one slow reader would hold back a thousand.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import type { InspectorServiceClient } from './gen/forehold/v1/InspectorService.ts';
import type { SessionServiceClient } from './gen/forehold/v1/SessionService.ts';
import { requireLoopback } from './loopback.ts';
import { loadContract } from './proto.ts';
import { StatusError } from './rpc.ts';

/** Whom to trust, and as whom the coordinator must answer. */
export interface DialTls {
  /**
   * Certificates of authorities in PEM, or what `trustIn` made of them; nobody else's word counts, the system's
   * authorities neither.
   */
  readonly ca: string | Buffer | SecureContext;
  /** The name that must stand in the certificate. */
  readonly serverName: string;
}

// A page of 1,000 leases with messages of 1,024 bytes is about 2 MiB.
const maxReceivedBytes = 8 * 1024 * 1024;

const channelOptions: ChannelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.max_receive_message_length': maxReceivedBytes,
  // A peer that vanished without a word is noticed within 40 s.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // Its records of every connection would cost memory, and nothing reads them.
  'grpc.enable_channelz': 0,
};

/**
 * @param target HOST:PORT; an IPv6 address stands in brackets.
 * @throws UnsafeAddressError without TLS unless the host is a loopback address; StatusError UNAVAILABLE when the
 * authorities cannot be read.
 */
export function openSessionClient(target: string, tls?: DialTls): SessionServiceClient {
  const { SessionService } = loadContract();
  return new SessionService(schemeOf(target) + target, ...describeChannel(target, tls));
}

/**
 * @param target HOST:PORT; an IPv6 address stands in brackets.
 * @throws UnsafeAddressError without TLS unless the host is a loopback address; StatusError UNAVAILABLE when the
 * authorities cannot be read.
 */
export function openInspectorClient(target: string, tls?: DialTls): InspectorServiceClient {
  const { InspectorService } = loadContract();
  return new InspectorService(schemeOf(target) + target, ...describeChannel(target, tls));
}

function describeChannel(
  target: string,
  tls: DialTls | undefined,
): [ChannelCredentials, ChannelOptions] {
  if (tls === undefined) {
    requireLoopback('dial', hostOf(target));
    return [credentials.createInsecure(), channelOptions];
  }
  const name = {
    'grpc.ssl_target_name_override': tls.serverName,
    'grpc.default_authority': tls.serverName,
  };
  const trust = typeof tls.ca === 'string' || Buffer.isBuffer(tls.ca) ? trustIn(tls.ca) : tls.ca;
  return [credentials.createFromSecureContext(trust), { ...channelOptions, ...name }];
}

/**
 * Trust in these authorities and in nobody else, for any number of dials. OpenSSL would pass over what it cannot read,
 * and then trust nobody.
 * @throws StatusError UNAVAILABLE when the authorities cannot be read
 */
export function trustIn(ca: string | Buffer): SecureContext {
  try {
    assert(new X509Certificate(ca).ca);
    return createSecureContext({ ca, minVersion: 'TLSv1.3' });
  } catch (error) {
    throw new StatusError(
      'UNAVAILABLE',
      'cannot dial: the CA file holds no certificate of an authority that can be read; the coordinator publishes one when it has started',
      { cause: error },
    );
  }
}

// An address needs no resolver, of which grpc-js would open one of its own for every client.
function schemeOf(target: string): string {
  const version = isIP(hostOf(target).replace(/^\[(.*)\]$/, '$1'));
  return version === 0 ? '' : `ipv${version}:`;
}

function hostOf(target: string): string {
  return target.slice(0, Math.max(0, target.lastIndexOf(':')));
}
