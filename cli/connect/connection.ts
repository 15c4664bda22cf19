// What a way to a coordinator is, whichever it is.

import type { DialTls } from '../../shared/dial.ts';

/** What a command needs: reads are asked for as the viewer, changes as the operator. */
export type Access = 'viewer' | 'operator';

export interface Connection {
  /** HOST:PORT */
  readonly target: string;
  /** Undefined in plain text, on loopback. */
  readonly trust: DialTls | undefined;
  /** A token that is good now; undefined where none is asked for. @throws ConnectError */
  token(): Promise<string | undefined>;
  /** What broke on the way to the target, when the target itself seems not to answer. */
  problem(): string | undefined;
  close(): void;
}

/** There is no way to a coordinator; the message is one line for the user. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
}
