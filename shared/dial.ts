// Clients of our two services. Plain text, and so only on loopback addresses. Every client has a connection of its
// own, as it would on its own node: grpc-js would otherwise share one among all clients of a process, and one slow
// reader would hold back a thousand.

import { type ChannelOptions, credentials } from '@grpc/grpc-js';
import type { InspectorServiceClient } from './gen/forehold/v1/InspectorService.ts';
import type { SessionServiceClient } from './gen/forehold/v1/SessionService.ts';
import { requireLoopback } from './loopback.ts';
import { loadContract } from './proto.ts';

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
};

/**
 * @param target HOST:PORT; an IPv6 address stands in brackets.
 * @throws UnsafeAddressError unless the host is a loopback address.
 */
export function openSessionClient(target: string): SessionServiceClient {
  requireLoopback('dial', hostOf(target));
  return new (loadContract().SessionService)(target, credentials.createInsecure(), channelOptions);
}

/**
 * @param target HOST:PORT; an IPv6 address stands in brackets.
 * @throws UnsafeAddressError unless the host is a loopback address.
 */
export function openInspectorClient(target: string): InspectorServiceClient {
  requireLoopback('dial', hostOf(target));
  return new (loadContract().InspectorService)(
    target,
    credentials.createInsecure(),
    channelOptions,
  );
}

function hostOf(target: string): string {
  return target.slice(0, Math.max(0, target.lastIndexOf(':')));
}
