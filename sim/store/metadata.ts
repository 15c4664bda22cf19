// Which parts of an object a write may change. The API server owns uid, versions, times and generation; main resource
// and status subresource each leave the other's part alone.

import { isSameJson } from '../../shared/json.ts';
import type { Versioned } from './collection.ts';
import type { ApiObject, Meta, ResourceDefinition } from './resources.ts';

/** What the API server decides about a new object. */
export interface Identity {
  readonly uid: string;
  readonly name: string;
  readonly creationTimestamp: string;
}

/** A new object as it is stored, but for its version. */
export function prepareNew<T extends ApiObject>(
  definition: ResourceDefinition,
  object: T,
  identity: Identity,
): T {
  const { namespace, generateName } = object.metadata;
  return {
    ...object,
    status: firstStatus(definition, object),
    metadata: {
      ...(generateName === undefined ? {} : { generateName }),
      ...(definition.namespaced && namespace !== undefined ? { namespace } : {}),
      ...(definition.hasGeneration ? { generation: 1 } : {}),
      ...identity,
      ...clientFields(object.metadata),
      ...(definition.kind === 'Namespace'
        ? { labels: namespaceLabels(object, identity.name) }
        : {}),
    },
  };
}

/** The main resource's new state; the generation goes up when more than metadata changed. */
export function prepareMain<T extends ApiObject>(
  definition: ResourceDefinition,
  old: Versioned<T>,
  next: T,
): T {
  const status = definition.hasStatus ? old.status : next.status;
  const metadata = { ...serverFields(old.metadata), ...clientFields(next.metadata) };
  const { generation } = old.metadata;
  const { kind, apiVersion } = old;
  const whole = { ...next, kind, apiVersion, status, metadata };
  if (generation === undefined || isSameJson(whole, { ...old, metadata })) return whole;
  return { ...whole, metadata: { ...metadata, generation: generation + 1 } };
}

/** The new state after a write to `/status`: all else stays, but for labels and annotations of built-in kinds. */
export function prepareStatus<T extends ApiObject>(
  definition: ResourceDefinition,
  old: Versioned<T>,
  next: T,
): T {
  const { managedFields } = next.metadata;
  if (!definition.statusWritesMetadata) {
    const metadata =
      managedFields === undefined ? old.metadata : { ...old.metadata, managedFields };
    return { ...old, status: next.status, metadata };
  }
  const { ownerReferences } = old.metadata;
  const { ownerReferences: _ignored, ...written } = next.metadata;
  const kept = ownerReferences === undefined ? {} : { ownerReferences };
  const metadata = { ...serverFields(old.metadata), ...clientFields({ ...written, ...kept }) };
  return { ...old, status: next.status, metadata };
}

/** Selectors of policies find a namespace by this label. */
function namespaceLabels(object: ApiObject, name: string): Readonly<Record<string, string>> {
  return { 'kubernetes.io/metadata.name': name, ...object.metadata.labels };
}

/** What a client may set. */
function clientFields(metadata: Meta): Partial<Meta> {
  const { labels, annotations, ownerReferences, finalizers, managedFields } = metadata;
  return {
    ...(managedFields === undefined ? {} : { managedFields }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(finalizers === undefined || finalizers.length === 0 ? {} : { finalizers }),
  };
}

function serverFields(metadata: Meta): Meta {
  const { labels, annotations, ownerReferences, finalizers, ...kept } = metadata;
  return kept;
}

function firstStatus(definition: ResourceDefinition, object: ApiObject): unknown {
  if (!definition.hasStatus || definition.keepsStatusOnCreate) return object.status;
  if (definition.kind === 'Pod') return { phase: 'Pending', qosClass: 'BestEffort' };
  if (definition.kind === 'Namespace') return { phase: 'Active' };
  return undefined;
}
