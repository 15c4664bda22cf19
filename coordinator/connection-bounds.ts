// How much of the coordinator a network peer may take, before and after it has shown that it has a right to be here.
// grpc-js bounds neither handshakes nor connections nor readers that do not read; the port is open to a whole cluster.

export interface ConnectionBounds {
  readonly maxConnections: number;
  readonly maxPerAddress: number;
  readonly maxHandshakes: number;
  readonly maxHandshakesPerAddress: number;
  readonly maxWaiting: number;
  readonly waitMs: number;
  readonly maxDialsPerAddressMinute: number;
  readonly handshakeMs: number;
  readonly firstCallMs: number;
  readonly strangerMs: number;
  readonly maxStrangerStreams: number;
  readonly maxStrangerBytes: number;
  readonly burstBytes: number;
  readonly bytesPerSecond: number;
  readonly maxUnreadBytes: number;
  readonly minReadBytes: number;
}

/** Bounds of a port that a cluster can reach. */
export const clusterBounds: ConnectionBounds = {
  // Twice the largest cluster that Kubernetes supports: agents may dial again before their old connection is noticed.
  maxConnections: 10_000,
  // An agent has an address of its own. This is for people behind one port-forward and nodes behind one gateway; it
  // takes a hundred addresses to use up the total.
  maxPerAddress: 100,
  // Connections whose TLS handshake has begun and not ended; one takes a millisecond or two of a core.
  maxHandshakes: 100,
  // Those that wait for one included.
  maxHandshakesPerAddress: 10,
  // Agents that lost their leader dial all at once. One that waits costs a socket and its first packet; at 5 ms a
  // session a thousand are through in as many seconds, before an agent gives up its dial after ten.
  maxWaiting: 1_000,
  waitMs: 5_000,
  // Ten a second: a handshake flood from one address costs about a hundredth of a core.
  maxDialsPerAddressMinute: 600,
  handshakeMs: 10_000,
  // From the end of the handshake to the first call, HTTP/2 preface included. Clients of gRPC call at once.
  firstCallMs: 10_000,
  // Until one call was accepted, and not merely made: a stranger whose calls are all refused must go and come again.
  strangerMs: 60_000,
  // Before that: enough for a person who lists services, too little for a flood of calls or resets.
  maxStrangerStreams: 100,
  maxStrangerBytes: 256 * 1024,
  // What a peer may send: three of the largest inventories at once, and then far more than any agent has to say.
  burstBytes: 16 * 1024 * 1024,
  bytesPerSecond: 256 * 1024,
  // Answers that a peer left unread: eight pages of the longest list.
  maxUnreadBytes: 16 * 1024 * 1024,
  // While it has unread answers a peer must take this much between two looks, ten seconds apart.
  minReadBytes: 16 * 1024,
};

/** Bounds of a loopback port, where every peer has the same address: those on addresses do not hold. */
export const loopbackBounds: ConnectionBounds = {
  ...clusterBounds,
  maxPerAddress: clusterBounds.maxConnections,
  maxHandshakesPerAddress: clusterBounds.maxHandshakes + clusterBounds.maxWaiting,
  maxDialsPerAddressMinute: Number.POSITIVE_INFINITY,
};
