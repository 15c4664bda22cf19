// What a DELETE asks for, in its body or its query.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { badRequest } from '../store/api-error.ts';
import type { RemoveOptions } from '../store/deletion.ts';
import { decodePatch, mediaType } from './decode.ts';
import type { ApiRequest } from './message.ts';
import { readCount } from './read.ts';

/** @throws ApiError BadRequest, UnsupportedMediaType */
export function readDeleteOptions(request: ApiRequest, query: URLSearchParams): RemoveOptions {
  const body = request.body === '' ? {} : decodeDeleteOptions(request);
  const { preconditions, gracePeriodSeconds } = body;
  const wanted = isJsonObject(preconditions) ? preconditions : {};
  const { uid, resourceVersion } = wanted;
  const graceSeconds = gracePeriodSeconds ?? readCount(query, 'gracePeriodSeconds');
  return {
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    ...(typeof graceSeconds === 'number' ? { graceSeconds } : {}),
  };
}

function decodeDeleteOptions(request: ApiRequest): JsonObject {
  mediaType(request, ['application/json']);
  const options = decodePatch(request.body);
  const { kind = 'DeleteOptions' } = options;
  if (kind === 'DeleteOptions') return options;
  throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version "meta.k8s.io/v1"`);
}
