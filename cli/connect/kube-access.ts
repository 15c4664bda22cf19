// The API server as the kubeconfig's user sees it: client-node finds out how to prove who that is (certificates, tokens,
// exec plugins), the requests are made here, because their errors must become sentences.

import { existsSync } from 'node:fs';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { openSystemClock } from '../../shared/clock.ts';
import { describeFileError } from '../../shared/file-error.ts';
import { openResponse, readBody, startDeadline } from '../../shared/kube-http.ts';
import { ConnectError } from './connection.ts';

/** The API server refused; its own words are the message. */
export class KubeAnswerError extends Error {
  override readonly name = 'KubeAnswerError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface KubeQuestion {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

const deadlineMs = 15_000;
const userAgent = 'forehold-cli';
const inClusterToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

interface Given {
  /** Undefined looks where kubectl looks. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** KUBECONFIG is set. */
  readonly hasDefault: boolean;
}

/**
 * @throws ConnectError when there is none, or it has no such context
 */
export function loadKubeconfig({ kubeconfig: path, context, hasDefault }: Given): KubeConfig {
  const config = new KubeConfig();
  try {
    if (path !== undefined) config.loadFromFile(path);
    else if (hasDefault || existsSync(homeKubeconfig()) || existsSync(inClusterToken))
      config.loadFromDefault();
    else
      throw new ConnectError(
        'cannot find a cluster: there is no kubeconfig (KUBECONFIG, ~/.kube/config); name one with --kubeconfig FILE, or a coordinator with --coordinator HOST:PORT',
      );
    if (context !== undefined) useContext(config, context);
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    throw unreadable(path, error);
  }
  if (config.getCurrentCluster() === null)
    throw new ConnectError(
      'cannot find a cluster: the kubeconfig has no current context; choose one with --context NAME',
    );
  return config;
}

/** @throws KubeAnswerError, or ConnectError when there is no answer */
export async function askKube<T>(config: KubeConfig, question: KubeQuestion): Promise<T> {
  const server = config.getCurrentCluster()?.server ?? '';
  const url = new URL(`${server.replace(/\/$/, '')}${question.path}`);
  const body = question.body === undefined ? undefined : JSON.stringify(question.body);
  const options: RequestOptions = { method: question.method };
  const headers = {
    accept: 'application/json',
    'user-agent': userAgent,
    'content-type': 'application/json',
  };
  const deadline = startDeadline(openSystemClock(), deadlineMs);
  try {
    await config.applyToHTTPSOptions(options);
    options.headers = { ...readHeaders(options), ...headers };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const response = await openResponse({ send, url, options, body, signal: deadline.signal });
    const text = await readBody(response);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw new KubeAnswerError(status, readMessage(text, status));
    const answer: T = JSON.parse(text);
    return answer;
  } catch (error) {
    throw error instanceof KubeAnswerError ? error : unanswered(url, error);
  } finally {
    deadline.stop();
  }
}

function unreadable(path: string | undefined, cause: unknown): ConnectError {
  if (path === undefined) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new ConnectError(`cannot read the kubeconfig: ${why}; name one with --kubeconfig FILE`, {
      cause,
    });
  }
  const why = describeFileError(cause);
  return new ConnectError(`cannot read the kubeconfig ${path}: ${why}`, { cause });
}

function unanswered(url: URL, cause: unknown): ConnectError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ConnectError(`cannot ask the API server ${url.origin}: ${why}`, { cause });
}

function homeKubeconfig(): string {
  return join(homedir(), '.kube', 'config');
}

function useContext(config: KubeConfig, context: string): void {
  if (config.getContextObject(context) === null)
    throw new ConnectError(`cannot use context ${context}: the kubeconfig has none of this name`);
  config.setCurrentContext(context);
}

function readHeaders({ headers }: RequestOptions): Record<string, string> {
  if (headers === undefined || Array.isArray(headers)) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function readMessage(text: string, status: number): string {
  try {
    const answer: { message?: unknown } = JSON.parse(text);
    if (typeof answer.message === 'string') return answer.message;
  } catch {
    // No Status of an API server: below.
  }
  return `HTTP ${status}`;
}
