// Requests to the API server with nothing but a stolen token, and how they ended. Not the project's own client: an
// attacker sends headers and bodies that it never would.

import { request } from 'node:https';
import type { Kube } from '../harness/kube.ts';

export interface Attempt {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API server's answer in short. */
export interface Answer {
  readonly status: number;
  /** Its own words when it refused; the whole body otherwise. */
  readonly words: string;
}

const timeoutMs = 30_000;
const patchType = 'application/merge-patch+json';

export function ask(kube: Kube, token: string, attempt: Attempt): Promise<Answer> {
  const { method, path, body, headers = {} } = attempt;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const type = method === 'PATCH' ? patchType : 'application/json';
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(path, kube.server),
      {
        method,
        ca: kube.authority,
        headers: {
          authorization: `Bearer ${token}`,
          ...(text === undefined ? {} : { 'content-type': type }),
          ...headers,
        },
        agent: false,
        timeout: timeoutMs,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const answer = Buffer.concat(parts).toString();
          resolve({ status: response.statusCode ?? 0, words: readWords(answer) });
        });
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer`)));
    call.end(text);
  });
}

function readWords(text: string): string {
  try {
    const status: { kind?: string; message?: string } = JSON.parse(text);
    return status.kind === 'Status' ? (status.message ?? text) : text;
  } catch {
    return text;
  }
}
