// What is asked and answered without being stored: TokenRequest, TokenReview and SubjectAccessReview. Found by their
// paths before the table of resources is, because there is nothing to get, list or watch.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { ApiError, invalid } from '../store/api-error.ts';
import type { Store } from '../store.ts';
import { type AccountTokens, apiAudience, textsIn } from './account-token.ts';
import { decodePatch, mediaType } from './decode.ts';
import type { ApiRequest } from './message.ts';
import { type Attempt, findPermission } from './rbac.ts';
import { type AccountAddress, answerTokenRequest } from './token-request.ts';

export interface ReviewOptions {
  readonly store: Store;
  readonly tokens: AccountTokens;
}

/** A review that was asked for: what it attempts, for RBAC and the record, and its answer. */
export interface Review {
  readonly attempt: Attempt;
  /** @throws ApiError */
  answer(): object;
}

const tokenReviewsPath = '/apis/authentication.k8s.io/v1/tokenreviews';
const accessReviewsPath = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const tokenRequestPath = /^\/api\/v1\/namespaces\/([^/]+)\/serviceaccounts\/([^/]+)\/token$/;

/**
 * Undefined when the request is about something else.
 * @throws ApiError MethodNotAllowed
 */
export function readReview(options: ReviewOptions, request: ApiRequest): Review | undefined {
  const review = findReview(options, request);
  if (review === undefined || request.method === 'POST') return review;
  const message = 'the server does not allow this method on the requested resource';
  throw new ApiError(405, 'MethodNotAllowed', message, { details: {} });
}

function findReview(options: ReviewOptions, request: ApiRequest): Review | undefined {
  const [path = ''] = request.url.split('?', 1);
  if (path === tokenReviewsPath)
    return {
      attempt: attemptOf('authentication.k8s.io', 'tokenreviews'),
      answer: () => reviewToken(options, readBody(request, 'TokenReview')),
    };
  if (path === accessReviewsPath)
    return {
      attempt: attemptOf('authorization.k8s.io', 'subjectaccessreviews'),
      answer: () => reviewAccess(options, readBody(request, 'SubjectAccessReview')),
    };
  const [, namespace, name] = tokenRequestPath.exec(path) ?? [];
  if (namespace === undefined || name === undefined) return undefined;
  return requestToken(options, { namespace, name }, request);
}

function requestToken(options: ReviewOptions, at: AccountAddress, request: ApiRequest): Review {
  return {
    attempt: { ...attemptOf('', 'serviceaccounts'), ...at, subresource: 'token' },
    answer: () => answerTokenRequest(options, at, readBody(request, 'TokenRequest')),
  };
}

function attemptOf(group: string, resource: string): Attempt {
  return { verb: 'create', group, resource, subresource: '', namespace: '', name: '' };
}

function readBody(request: ApiRequest, kind: string): JsonObject {
  mediaType(request, ['application/json']);
  const body = decodePatch(request.body);
  const { kind: given = kind } = body;
  if (given === kind) return body;
  const message = `${String(given)} in version "v1" cannot be handled as a ${kind}`;
  throw new ApiError(400, 'BadRequest', message);
}

function reviewToken({ tokens }: ReviewOptions, body: JsonObject): object {
  const spec = isJsonObject(body['spec']) ? body['spec'] : {};
  const { token } = spec;
  const asked = textsIn(spec['audiences']);
  if (typeof token !== 'string' || token === '')
    throw new ApiError(400, 'BadRequest', 'token is required for TokenReview in authentication');
  const verdict = tokens.verify(token, asked.length === 0 ? [apiAudience] : asked);
  const status =
    verdict.kind === 'authenticated'
      ? { authenticated: true, user: verdict.identity, audiences: verdict.audiences }
      : { user: {}, error: verdict.why };
  return {
    kind: 'TokenReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {},
    spec,
    status,
  };
}

function reviewAccess({ store }: ReviewOptions, body: JsonObject): object {
  const spec = isJsonObject(body['spec']) ? body['spec'] : {};
  const { user, resourceAttributes } = spec;
  const groups = textsIn(spec['groups']);
  if (!isJsonObject(resourceAttributes))
    throw refuse(
      'spec.resourceAttributes',
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  if (typeof user !== 'string' && groups.length === 0)
    throw refuse('spec.user', 'at least one of user or group must be specified');
  const asker = { username: typeof user === 'string' ? user : '', groups };
  const reason = findPermission(store, asker, readAttempt(resourceAttributes));
  const status = reason === undefined ? { allowed: false } : { allowed: true, reason };
  return {
    kind: 'SubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec,
    status,
  };
}

function readAttempt(attributes: JsonObject): Attempt {
  const text = (field: string): string => {
    const value = attributes[field];
    return typeof value === 'string' ? value : '';
  };
  return {
    verb: text('verb'),
    group: text('group'),
    resource: text('resource'),
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
  };
}

function refuse(field: string, why: string): ApiError {
  const subject = { group: 'authorization.k8s.io', plural: '', kind: 'SubjectAccessReview' };
  const message = `Invalid value: null: ${why}`;
  return invalid(subject, '', [{ reason: 'FieldValueInvalid', message, field }]);
}
