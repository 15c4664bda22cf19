// POST, PUT, PATCH and DELETE: decode, prune and default, check, admit, store. Everything up to the store runs in one
// turn, so an optimistic lock is decided by the store alone.

import type { Clock } from '../../shared/clock.ts';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import {
  ApiError,
  invalid,
  notFound,
  type StatusBody,
  type StatusCause,
} from '../store/api-error.ts';
import type { ApiObject } from '../store/resources.ts';
import type { Store } from '../store.ts';
import { admitNamespace, admitPullPod } from './admission.ts';
import { applyPatch } from './apply.ts';
import {
  decodeObject,
  decodePatch,
  mediaType,
  otherName,
  otherNamespace,
  toApiObject,
} from './decode.ts';
import { readDeleteOptions } from './delete-options.ts';
import { draftObject, requireDeclared } from './draft.ts';
import { type ApiRequest, answerJson, type DocumentResponse } from './message.ts';
import { mergePatch } from './patch.ts';
import { isSelected, parseVersion, readSelection } from './read.ts';
import type { Target } from './route.ts';
import { anything, type CustomDefinition, type Schema } from './schema.ts';
import { checkValue } from './schema-check.ts';
import { validateObject, validatePodUpdate, versionRequired } from './validate.ts';
import { checkMetaUpdate, immutable } from './validate-meta.ts';

export interface WriteOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly pullNamespace: string;
  readonly customKinds: readonly CustomDefinition[];
}

const mergePatchType = 'application/merge-patch+json';
const applyPatchType = 'application/apply-patch+yaml';

export class Writer {
  readonly #options: WriteOptions;

  constructor(options: WriteOptions) {
    this.#options = options;
  }

  /** @throws ApiError */
  create(request: ApiRequest, target: Target, query: URLSearchParams): DocumentResponse {
    const draft = draftObject(this.#schema(target), decodeObject(request, target), target, query);
    const stored = this.#create(draft.object, target);
    return answerJson(201, stored, draft.warnings);
  }

  /** @throws ApiError */
  update(request: ApiRequest, target: Target, query: URLSearchParams): DocumentResponse {
    const { store } = this.#options;
    const draft = draftObject(this.#schema(target), decodeObject(request, target), target, query);
    const { definition, resource, name = '' } = target;
    const next = toApiObject(draft.object, definition.kind);
    const exists = store.find(resource, { namespace: target.namespace, name }) !== undefined;
    if (!exists && definition.createOnUpdate) {
      return answerJson(201, this.#create(draft.object, target), draft.warnings);
    }
    if (!exists) throw notFound(definition, name);
    return answerJson(200, this.#replace(next, target), draft.warnings);
  }

  /** @throws ApiError */
  patch(request: ApiRequest, target: Target, query: URLSearchParams): DocumentResponse {
    const type = mediaType(request, [mergePatchType, applyPatchType]);
    if (type === applyPatchType) return this.#apply(request, target, query);
    const patch = decodePatch(request.body);
    const { resource, name = '', namespace, definition } = target;
    const { store } = this.#options;
    const old = store.get(resource, { namespace, name });
    const patched = ownManagedFields(mergePatch(old, patch), old);
    checkIdentity(patched, old, target);
    const draft = draftObject(this.#schema(target), patched, target, query);
    const next = toApiObject(draft.object, definition.kind);
    return answerJson(200, this.#replace(next, target), draft.warnings);
  }

  /** @throws ApiError */
  delete(request: ApiRequest, target: Target, query: URLSearchParams): DocumentResponse {
    const { resource, definition, namespace, name = '' } = target;
    const removal = this.#options.store.remove(
      resource,
      { namespace, name },
      readDeleteOptions(request, query),
    );
    if (!removal.removed || definition.returnsDeleted) return answerJson(200, removal.object);
    const { uid } = removal.object.metadata;
    const group = definition.group === '' ? {} : { group: definition.group };
    const status: StatusBody = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name, ...group, kind: definition.plural, uid },
    };
    return answerJson(200, status);
  }

  /** Answers with the list of what was asked to go. @throws ApiError */
  deleteCollection(
    request: ApiRequest,
    target: Target,
    query: URLSearchParams,
  ): readonly ApiObject[] {
    const { store } = this.#options;
    const selection = readSelection(target, query);
    const options = readDeleteOptions(request, query);
    const filter = target.namespace === undefined ? {} : { namespace: target.namespace };
    const found: readonly ApiObject[] = store.list(target.resource, filter);
    return found
      .filter((object) => isSelected(selection, object))
      .map((object) => store.remove(target.resource, object.metadata, options).object);
  }

  #schema({ definition }: Target): Schema {
    const { customKinds } = this.#options;
    return customKinds.find(({ plural }) => plural === definition.plural)?.schema ?? anything;
  }

  #apply(request: ApiRequest, target: Target, query: URLSearchParams): DocumentResponse {
    const { store } = this.#options;
    const schema = this.#schema(target);
    const { resource, name = '', namespace, definition } = target;
    const decoded = decodeObject(
      { ...request, headers: { ...request.headers, 'content-type': 'application/yaml' } },
      target,
    );
    const old = store.find(resource, { namespace, name });
    if (old === undefined && target.subresource !== undefined) throw notFound(definition, name);
    if (definition.custom) requireDeclared(schema, decoded, target);
    const applied = applyPatch({
      configured: decoded,
      live: old,
      schema: definition.custom ? schema : undefined,
      subresource: target.subresource,
      manager: query.get('fieldManager') ?? '',
      force: ['1', 'true'].includes(query.get('force') ?? ''),
      wallMs: this.#options.clock.now().wallMs,
    });
    const draft = draftObject(schema, applied, target, query);
    if (old === undefined) return answerJson(201, this.#create(draft.object, target));
    const next = toApiObject(draft.object, definition.kind);
    return answerJson(200, this.#replace(next, target));
  }

  #create(draft: JsonObject, target: Target): ApiObject {
    const { store, clock, pullNamespace } = this.#options;
    const { definition, resource } = target;
    const { status, ...rest } = draft;
    const object = toApiObject(definition.custom ? rest : draft, definition.kind);
    admitNamespace(store, target.namespace);
    this.#check(object, target);
    const { wallMs } = clock.now();
    if (definition.kind === 'Pod') admitPullPod(object, pullNamespace, wallMs);
    return store.create(resource, object, { wallMs });
  }

  #replace(next: ApiObject, target: Target): ApiObject {
    const { store } = this.#options;
    const { definition, resource, subresource } = target;
    const old: ApiObject = store.get(resource, next.metadata);
    checkVersion(next.metadata.resourceVersion ?? '', target);
    const candidate =
      subresource === 'status'
        ? { ...old, metadata: next.metadata, status: next.status }
        : { ...next, status: definition.hasStatus ? old.status : next.status };
    this.#check(candidate, target, checkMetaUpdate(old.metadata, next.metadata));
    if (definition.kind === 'Pod' && subresource === undefined) {
      validatePodUpdate(definition, old, next);
    }
    return store.replace(resource, next, { subresource });
  }

  #check(object: ApiObject, target: Target, found: readonly StatusCause[] = []): void {
    const { definition } = target;
    const { metadata: _, apiVersion: __, kind: ___, ...fields } = object;
    const causes = definition.custom ? checkValue(this.#schema(target), fields, '') : [];
    validateObject(definition, object, [...found, ...causes]);
  }
}

/** Who applied what is not a client's to write. */
function ownManagedFields(patched: JsonObject, old: ApiObject): JsonObject {
  const { managedFields } = old.metadata;
  const metadata = isJsonObject(patched['metadata']) ? patched['metadata'] : {};
  return { ...patched, metadata: { ...metadata, managedFields } };
}

/** A patch may not make another object of it. */
function checkIdentity(patched: JsonObject, old: ApiObject, target: Target): void {
  const metadata = isJsonObject(patched['metadata']) ? patched['metadata'] : {};
  if (metadata['name'] !== old.metadata.name) throw otherName(metadata['name'], target);
  const { uid = old.metadata.uid, namespace } = metadata;
  if (namespace !== old.metadata.namespace) throw otherNamespace();
  const { kind, apiVersion } = target.definition.custom ? patched : old;
  const causes = [
    ...(uid === old.metadata.uid ? [] : [immutable('metadata.uid', uid)]),
    ...mustBe('kind', kind, old.kind),
    ...mustBe('apiVersion', apiVersion, old.apiVersion),
  ];
  if (causes.length > 0) throw invalid(target.definition, old.metadata.name, causes);
}

function mustBe(field: string, value: unknown, wanted: unknown): readonly StatusCause[] {
  if (value === wanted) return [];
  const message = `Invalid value: ${JSON.stringify(value ?? '')}: must be ${String(wanted)}`;
  return [{ reason: 'FieldValueInvalid', message, field }];
}

/** A version that is no number is an internal failure of the real one's storage. */
function checkVersion(text: string, target: Target): void {
  const { definition, name = '' } = target;
  if (text === '' && !definition.unconditionalUpdate) throw versionRequired(definition, name);
  if (text === '' || parseVersion(text) !== undefined) return;
  throw new ApiError(500, '', `strconv.ParseUint: parsing "${text}": invalid syntax`);
}
