// POST serviceaccounts/NAME/token: a token of the account for the audiences asked for, bound to a pod or a node.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { ApiError, conflict, invalid, notFound, type StatusCause } from '../store/api-error.ts';
import { definitions, nodeNameOf } from '../store/resources.ts';
import type { Store } from '../store.ts';
import { type AccountTokens, apiAudience, type TokenClaims, textsIn } from './account-token.ts';

export interface AccountAddress {
  readonly namespace: string;
  readonly name: string;
}

interface Binding {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

const minExpirationSeconds = 600;
const defaultExpirationSeconds = 3_600;
const maxExpirationSeconds = 2 ** 32;
const subject = { group: 'authentication.k8s.io', plural: 'tokenrequests', kind: 'TokenRequest' };

/**
 * The body of the answer.
 * @throws ApiError NotFound, Invalid, BadRequest, Conflict
 */
export function answerTokenRequest(
  { store, tokens }: { readonly store: Store; readonly tokens: AccountTokens },
  at: AccountAddress,
  body: JsonObject,
): object {
  const account = store.get('serviceaccounts', at);
  const spec = isJsonObject(body['spec']) ? body['spec'] : {};
  const { expirationSeconds = defaultExpirationSeconds, boundObjectRef } = spec;
  const asked = textsIn(spec['audiences']);
  const audiences = asked.length === 0 ? [apiAudience] : asked;
  const seconds = readExpiration(expirationSeconds);
  const binding = isJsonObject(boundObjectRef) ? readBinding(boundObjectRef) : undefined;
  const { token, expiresAtMs } = tokens.issue({
    namespace: at.namespace,
    account: { name: at.name, uid: account.metadata.uid },
    ...bind(store, at, binding),
    audiences,
    expirationSeconds: seconds,
  });
  const expirationTimestamp = new Date(expiresAtMs).toISOString().replace('.000Z', 'Z');
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: at.name, namespace: at.namespace },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: boundObjectRef ?? null },
    status: { token, expirationTimestamp },
  };
}

function readExpiration(value: unknown): number {
  const seconds = Number(value);
  const why =
    seconds < minExpirationSeconds
      ? 'may not specify a duration less than 10 minutes'
      : 'may not specify a duration larger than 2^32 seconds';
  if (seconds >= minExpirationSeconds && seconds <= maxExpirationSeconds) return seconds;
  const cause: StatusCause = {
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
    field: 'spec.expirationSeconds',
  };
  throw invalid(subject, '', [cause]);
}

function readBinding({ kind, name, uid }: JsonObject): Binding {
  return { kind: String(kind), name: String(name), uid: typeof uid === 'string' ? uid : '' };
}

function bind(
  store: Store,
  account: AccountAddress,
  binding: Binding | undefined,
): Pick<TokenClaims, 'pod' | 'node'> {
  if (binding === undefined) return { pod: undefined, node: undefined };
  if (binding.kind === 'Pod') return bindToPod(store, account, binding);
  if (binding.kind === 'Node') {
    const node = store.get('nodes', { name: binding.name });
    requireUid(binding, node.metadata.uid);
    return { pod: undefined, node: { name: binding.name, uid: node.metadata.uid } };
  }
  throw new ApiError(400, 'BadRequest', `cannot bind token to object of type ${binding.kind}`);
}

function bindToPod(
  store: Store,
  { namespace, name }: AccountAddress,
  binding: Binding,
): Pick<TokenClaims, 'pod' | 'node'> {
  const pod = store.find('pods', { namespace, name: binding.name });
  if (pod === undefined) throw notFound(definitions.pods, binding.name);
  if (pod.spec.serviceAccountName !== name) {
    const message = `cannot bind token for serviceaccount "${name}" to pod running with different serviceaccount name.`;
    throw new ApiError(400, 'BadRequest', message);
  }
  requireUid(binding, pod.metadata.uid);
  const nodeName = nodeNameOf(pod);
  const bound = { name: binding.name, uid: pod.metadata.uid };
  if (nodeName === undefined) return { pod: bound, node: undefined };
  const uid = store.find('nodes', { name: nodeName })?.metadata.uid;
  return { pod: bound, node: { name: nodeName, ...(uid === undefined ? {} : { uid }) } };
}

function requireUid({ kind, name, uid }: Binding, actual: string): void {
  if (uid === '' || uid === actual) return;
  const definition = kind === 'Pod' ? definitions.pods : definitions.nodes;
  const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  throw conflict(definition, name, why);
}
