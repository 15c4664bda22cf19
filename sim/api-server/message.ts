// Requests and answers of the API server without sockets: the HTTP listener carries them today, an in-memory
// transport may carry them as well. A watch is a stream of lines that its reader takes at its own pace.

import type { StatusBody } from '../store/api-error.ts';

export interface ApiRequest {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Where a stream goes. */
export interface StreamSink {
  /** Takes one piece; false means that the reader is behind: write no more before `drained`. */
  write(text: string): boolean;
  /** Idempotent. */
  end(): void;
}

/** The writing side of a stream that was opened on a sink. */
export interface OpenStream {
  /** The reader has caught up. */
  drained(): void;
  /** The reader has gone; idempotent. */
  close(): void;
}

export interface DocumentResponse {
  readonly kind: 'document';
  readonly code: number;
  readonly contentType: string;
  readonly body: string;
  /** Texts for `Warning: 299` headers. */
  readonly warnings: readonly string[];
  readonly retryAfterSeconds: number | undefined;
}

export interface StreamResponse {
  readonly kind: 'stream';
  /** Called once. */
  open(sink: StreamSink): OpenStream;
}

export type ApiResponse = DocumentResponse | StreamResponse;

export function answerJson(
  code: number,
  value: object,
  warnings: readonly string[] = [],
): DocumentResponse {
  return {
    kind: 'document',
    code,
    contentType: 'application/json',
    body: JSON.stringify(value),
    warnings,
    retryAfterSeconds: undefined,
  };
}

export function answerText(text: string): DocumentResponse {
  return { ...answerJson(200, {}), contentType: 'text/plain; charset=utf-8', body: text };
}

export function answerStatus(status: StatusBody, code: number): DocumentResponse {
  const retryAfterSeconds = status.details?.retryAfterSeconds;
  return { ...answerJson(code, status), retryAfterSeconds };
}
