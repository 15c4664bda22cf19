// Where a session may run without TLS: only on the loopback interface, which no other machine and no pod can reach.
// A listener or a call in plain text anywhere else would believe every Hello and show every lease.

/** An address to use was refused for safety. */
export class UnsafeAddressError extends Error {
  override readonly name = 'UnsafeAddressError';
}

/** True of 127.0.0.0/8, ::1 and the name localhost. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return (
    bare === 'localhost' ||
    bare === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare) ||
    /^::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare)
  );
}

/**
 * @param attempt what was asked for, such as `listen`.
 * @throws UnsafeAddressError unless `host` is a loopback address.
 */
export function requireLoopback(attempt: string, host: string): void {
  if (isLoopback(host)) return;
  throw new UnsafeAddressError(
    `cannot ${attempt} in plain text on ${host}: without TLS only loopback addresses (127.0.0.1, ::1, localhost) are allowed`,
  );
}
