// What becomes of an object between the wire and the checks: unknown fields go or are refused, as fieldValidation says,
// and defaults come.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { ApiError, badRequest, invalid } from '../store/api-error.ts';
import { apiVersionOf } from '../store/resources.ts';
import { defaultPod } from './pod-defaults.ts';
import type { Target } from './route.ts';
import type { Schema } from './schema.ts';
import { applyDefaults, prune } from './schema-prune.ts';

/** A write on its way in. */
export interface Draft {
  readonly object: JsonObject;
  readonly warnings: readonly string[];
}

type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/**
 * Prunes and defaults by the kind's schema, if it has one.
 * @throws ApiError BadRequest, Invalid (unknown fields under strict validation)
 */
export function draftObject(
  schema: Schema,
  object: JsonObject,
  target: Target,
  query: URLSearchParams,
): Draft {
  const { definition } = target;
  if (!definition.custom) {
    return { object: definition.kind === 'Pod' ? defaultPod(object) : object, warnings: [] };
  }
  const pruned = prune(schema, object);
  const complaints = pruned.unknownFields.map((field) => `unknown field "${field}"`);
  const validation = readFieldValidation(query, target.verb);
  if (complaints.length > 0 && validation === 'Strict') {
    throw refuseUnknown(object, complaints.join(', '), target);
  }
  const defaulted = applyDefaults(schema, pruned.object);
  return {
    object: isJsonObject(defaulted) ? defaulted : pruned.object,
    warnings: validation === 'Warn' ? complaints : [],
  };
}

/** What strict validation says of fields that the schema does not know: of a patch in other words than of an object. */
function refuseUnknown(object: JsonObject, complaints: string, target: Target): ApiError {
  const { version, kind } = target.definition;
  const complaint = `strict decoding error: ${complaints}`;
  if (target.verb !== 'patch') {
    return badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: ${complaint}`,
    );
  }
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(object))}: ${complaint}`;
  const cause = { reason: 'FieldValueInvalid', message, field: 'patch' };
  return invalid({ group: '', plural: '', kind: '' }, '', [cause]);
}

/** Server-side apply refuses unknown fields whatever fieldValidation says, as a failure of its own. @throws ApiError */
export function requireDeclared(schema: Schema, configured: JsonObject, target: Target): void {
  const [field] = prune(schema, configured).unknownFields;
  if (field === undefined) return;
  const { definition, name = '' } = target;
  const shown = `/${name}; ${apiVersionOf(definition)}, Kind=${definition.kind}`;
  const message = `failed to create typed patch object (${shown}): .${field}: field not declared in schema`;
  throw new ApiError(500, '', message);
}

const optionKinds = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' };

function readFieldValidation(query: URLSearchParams, verb: Target['verb']): FieldValidation {
  const text = query.get('fieldValidation') ?? '';
  if (text === '') return 'Warn';
  if (text === 'Strict' || text === 'Warn' || text === 'Ignore') return text;
  const kind = verb === 'create' || verb === 'update' ? optionKinds[verb] : optionKinds.patch;
  const message = `Unsupported value: "${text}": supported values: "", "Ignore", "Strict", "Warn"`;
  const cause = { reason: 'FieldValueNotSupported', message, field: 'fieldValidation' };
  throw invalid({ group: 'meta.k8s.io', plural: '', kind }, '', [cause]);
}
