// The inspector's calls as the CLI wants them: all pages of a list, a watch as an iterable, and errors that say what
// was attempted and what to do about it.

import { openInspectorClient } from '../shared/dial.ts';
import type { ListImagesResponse } from '../shared/gen/forehold/v1/ListImagesResponse.ts';
import type { ListLeasesResponse } from '../shared/gen/forehold/v1/ListLeasesResponse.ts';
import type { ListNodesResponse } from '../shared/gen/forehold/v1/ListNodesResponse.ts';
import { messages, toStatusError } from '../shared/rpc.ts';
import type { LeaseFilter } from './options.ts';
import {
  type ImageRecord,
  type LeaseRecord,
  type NodeRecord,
  toImageRecord,
  toLeaseRecord,
  toNodeRecord,
} from './wire.ts';

/** The coordinator could not be asked; the message is one line for the user. */
export class InspectorError extends Error {
  override readonly name = 'InspectorError';
}

export interface Inspector {
  /** @throws InspectorError, as all of them */
  listLeases(filter: LeaseFilter, all: boolean): Promise<readonly LeaseRecord[]>;
  /** Live leases, then changes. @throws the signal's reason when it aborts */
  watchLeases(filter: LeaseFilter, signal: AbortSignal): AsyncIterable<LeaseRecord>;
  listImages(): Promise<readonly ImageRecord[]>;
  listNodes(): Promise<readonly NodeRecord[]>;
  close(): void;
}

/** A person waits: a coordinator that has not answered by then is in trouble. */
const deadlineMs = 10_000;
/** Page tokens come from the other side; a list without an end must not fill this process. */
const maxPages = 1_000;
const pageSize = 500;

/**
 * @param target HOST:PORT
 * @throws UnsafeAddressError unless the host is a loopback address
 */
export function openInspector(target: string): Inspector {
  const client = openInspectorClient(target);
  const explain = (attempt: string, error: unknown): InspectorError =>
    explainError(`cannot ${attempt} at ${target}`, error);
  return {
    listLeases: async ({ node, image }, all) => {
      const wire = await collectPages('list leases', explain, async (pageToken) => {
        const page = await call<ListLeasesResponse>((options, done) =>
          client.listLeases(
            { pageSize, pageToken, nodeName: node, image, includeEnded: all },
            options,
            done,
          ),
        );
        return { items: page.leases, nextPageToken: page.nextPageToken };
      });
      return wire.map(toLeaseRecord);
    },
    watchLeases: async function* ({ node, image }, signal) {
      const stream = client.watchLeases({ nodeName: node, image });
      try {
        for await (const { lease } of messages(stream, signal))
          if (lease !== null) yield toLeaseRecord(lease);
      } catch (error) {
        throw signal.aborted ? error : explain('watch leases', error);
      } finally {
        stream.cancel();
      }
    },
    listImages: async () => {
      const wire = await collectPages('list images', explain, async (pageToken) => {
        const page = await call<ListImagesResponse>((options, done) =>
          client.listImages({ pageSize, pageToken }, options, done),
        );
        return { items: page.images, nextPageToken: page.nextPageToken };
      });
      return wire.map(toImageRecord);
    },
    listNodes: async () => {
      const wire = await collectPages('list nodes', explain, async (pageToken) => {
        const page = await call<ListNodesResponse>((options, done) =>
          client.listNodes({ pageSize, pageToken }, options, done),
        );
        return { items: page.nodes, nextPageToken: page.nextPageToken };
      });
      return wire.map(toNodeRecord);
    },
    close: () => client.close(),
  };
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

async function collectPages<T>(
  attempt: string,
  explain: (attempt: string, error: unknown) => InspectorError,
  fetchPage: (pageToken: string) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let pageToken = '';
  for (let page = 0; page < maxPages; page += 1) {
    try {
      const answer = await fetchPage(pageToken);
      items.push(...answer.items);
      pageToken = answer.nextPageToken;
    } catch (error) {
      throw explain(attempt, error);
    }
    if (pageToken === '') return items;
  }
  throw explain(attempt, new Error(`more than ${maxPages} pages`));
}

type Done<T> = (error: Error | null, answer?: T) => void;

function call<T>(start: (options: { deadline: number }, done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start({ deadline: Date.now() + deadlineMs }, (error, answer) => {
      if (error !== null) reject(error);
      else if (answer === undefined) reject(new Error('the answer is empty'));
      else resolve(answer);
    });
  });
}

function explainError(attempt: string, error: unknown): InspectorError {
  const { code, message } = toStatusError(error);
  const options = { cause: error };
  switch (code) {
    case 'UNAVAILABLE':
      return new InspectorError(`${attempt}: ${describeUnavailable(message)}`, options);
    case 'DEADLINE_EXCEEDED':
      return new InspectorError(
        `${attempt}: no answer within ${deadlineMs / 1_000} s; is that the gRPC port of a coordinator?`,
        options,
      );
    case 'UNIMPLEMENTED':
      return new InspectorError(
        `${attempt}: what answers there is no Forehold coordinator, or an older one (${firstLine(message)})`,
        options,
      );
    case 'RESOURCE_EXHAUSTED':
      return new InspectorError(`${attempt}: ${firstLine(message)}; start it again`, options);
    default:
      return new InspectorError(`${attempt}: ${code}: ${firstLine(message)}`, options);
  }
}

// grpc-js wraps the system's words into sentences about its own channel; what it does not wrap a coordinator said.
function describeUnavailable(message: string): string {
  const cause = /Last error: (?:Error: )?(.*?)\. Resolution note/.exec(message)?.[1];
  return cause === undefined
    ? `${firstLine(message)}; try again in a moment`
    : `no coordinator answers there (${cause}); start one (npm start), or name another with --coordinator HOST:PORT`;
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line;
}
