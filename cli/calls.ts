// Calls of the inspector as promises, with a token that is good now, a deadline, and errors that say what was attempted and
// what to do about it.

import type { Metadata } from '@grpc/grpc-js';
import { openInspectorClient } from '../shared/dial.ts';
import { describeDialProblem } from '../shared/dial-error.ts';
import type { InspectorServiceClient } from '../shared/gen/forehold/v1/InspectorService.ts';
import { bearerMetadata, type StatusCode, StatusError, toStatusError } from '../shared/rpc.ts';
import { ConnectError, type Connection } from './connect/connection.ts';

/** The coordinator could not be asked, or refused; the message is one line for the user. */
export class InspectorError extends Error {
  override readonly name = 'InspectorError';
  readonly code: StatusCode;

  constructor(code: StatusCode, message: string, options: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A person waits: a coordinator that has not answered by then is in trouble. */
const deadlineMs = 10_000;
/** By attempt: where to look for what there is. */
const hints: Readonly<Record<string, string>> = {
  explain: 'forehold images and forehold nodes list what there is',
  'show the node': 'forehold nodes lists what there is',
  'revoke the lease': 'forehold leases lists the live ones',
  resume: 'forehold limits lists what is paused',
};
/** Page tokens come from the other side; a list without an end must not fill this process. */
const maxPages = 1_000;

type Done<T> = (error: Error | null, answer?: T) => void;
type Start<T> = (metadata: Metadata, options: { deadline: number }, done: Done<T>) => unknown;

export class Calls {
  readonly client: InspectorServiceClient;
  readonly #connection: Connection;

  /**
   * @throws UnsafeAddressError in plain text unless the host is a loopback address; ConnectError when the CA is none
   */
  constructor(connection: Connection) {
    this.#connection = connection;
    this.client = dial(connection);
  }

  /** @throws InspectorError, ConnectError */
  async call<T>(attempt: string, start: Start<T>): Promise<T> {
    try {
      const metadata = await this.metadata();
      return await new Promise((resolve, reject) => {
        start(metadata, { deadline: Date.now() + deadlineMs }, (error, answer) => {
          if (error !== null) reject(error);
          else if (answer === undefined) reject(new Error('the answer is empty'));
          else resolve(answer);
        });
      });
    } catch (error) {
      throw this.explain(attempt, error);
    }
  }

  /** All pages of a list. */
  async collect<T>(
    attempt: string,
    fetchPage: (pageToken: string) => Promise<Page<T>>,
  ): Promise<readonly T[]> {
    const items: T[] = [];
    let pageToken = '';
    for (let page = 0; page < maxPages; page += 1) {
      const answer = await fetchPage(pageToken);
      items.push(...answer.items);
      pageToken = answer.nextPageToken;
      if (pageToken === '') return items;
    }
    throw this.explain(attempt, new Error(`more than ${maxPages} pages`));
  }

  async metadata(): Promise<Metadata> {
    return bearerMetadata(await this.#connection.token());
  }

  explain(attempt: string, error: unknown): Error {
    if (error instanceof ConnectError || error instanceof InspectorError) return error;
    const { code, message } = toStatusError(error);
    const problem = code === 'UNAVAILABLE' ? this.#connection.problem() : undefined;
    if (problem !== undefined) return new InspectorError(code, problem, { cause: error });
    const hint = code === 'NOT_FOUND' ? hints[attempt] : undefined;
    const said = `${describeStatus(code, message)}${hint === undefined ? '' : `; ${hint}`}`;
    const where = `cannot ${attempt} at ${this.#connection.target}`;
    return new InspectorError(code, `${where}: ${said}`, { cause: error });
  }

  close(): void {
    this.client.close();
    this.#connection.close();
  }
}

function dial({ target, trust }: Connection): InspectorServiceClient {
  try {
    return openInspectorClient(target, trust);
  } catch (error) {
    if (error instanceof StatusError) throw new ConnectError(error.message, { cause: error });
    throw error;
  }
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

function describeStatus(code: StatusCode, message: string): string {
  switch (code) {
    case 'UNAVAILABLE':
      return describeUnavailable(message);
    case 'DEADLINE_EXCEEDED':
      return `no answer within ${deadlineMs / 1_000} s; is that the gRPC port of a coordinator?`;
    case 'UNIMPLEMENTED':
      return `what answers there is no Forehold coordinator, or an older one (${firstLine(message)})`;
    case 'UNAUTHENTICATED':
      return `the coordinator does not accept the token (${firstLine(message)})`;
    case 'RESOURCE_EXHAUSTED':
    case 'PERMISSION_DENIED':
    case 'NOT_FOUND':
    case 'FAILED_PRECONDITION':
    case 'INVALID_ARGUMENT':
      return firstLine(message);
    default:
      return `${code}: ${firstLine(message)}`;
  }
}

// grpc-js wraps the system's words into sentences about its own channel; what it does not wrap a coordinator said.
function describeUnavailable(message: string): string {
  const problem = describeDialProblem(message);
  if (problem !== undefined) return problem;
  const cause = /Last error: (?:Error: )?(.*?)\. Resolution note/.exec(message)?.[1];
  return cause === undefined
    ? `${firstLine(message)}; try again in a moment`
    : `no coordinator answers there (${cause}); start one (npm start), or name another with --coordinator HOST:PORT`;
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line;
}
