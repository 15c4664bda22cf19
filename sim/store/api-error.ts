// Refusals of the embedded cluster, in the one shape that Kubernetes clients read: metav1.Status. The store throws
// them, the HTTP side writes them out; in-process callers switch on `reason` just as remote ones do.

/** One field that a validation refused. */
export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** A metav1.Status as it travels. */
export interface StatusBody {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string };
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** What an error is about. */
export interface Subject {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Empty where the real one gives none (some of its internal errors). */
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** Only with Expired: a token with which an interrupted list can go on, inconsistently. */
  readonly continueToken: string | undefined;

  constructor(
    status: number,
    reason: string,
    message: string,
    extra: { readonly details?: StatusDetails; readonly continueToken?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.details = extra.details;
    this.continueToken = extra.continueToken;
  }

  body(): StatusBody {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.continueToken === undefined ? {} : { continue: this.continueToken },
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.status,
    };
  }
}

/** `pods`, or `cachedimages.forehold.dev` where there is a group. */
function qualifiedResource(subject: Subject): string {
  return subject.group === '' ? subject.plural : `${subject.plural}.${subject.group}`;
}

export function notFound(subject: Subject, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualifiedResource(subject)} "${name}" not found`, {
    details: detailsOf(subject, name),
  });
}

export function alreadyExists(subject: Subject, name: string): ApiError {
  const message = `${qualifiedResource(subject)} "${name}" already exists`;
  return new ApiError(409, 'AlreadyExists', message, { details: detailsOf(subject, name) });
}

/** @param why as a sentence without its full stop */
export function conflict(subject: Subject, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(subject)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, { details: detailsOf(subject, name) });
}

/** @param causes at least one */
export function invalid(subject: Subject, name: string, causes: readonly StatusCause[]): ApiError {
  const kind = subject.group === '' ? subject.kind : `${subject.kind}.${subject.group}`;
  const lines = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const details: StatusDetails = {
    ...(name === '' ? {} : { name }),
    ...(subject.group === '' ? {} : { group: subject.group }),
    kind: subject.kind,
    causes,
  };
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`, { details });
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** 410: a watch or a list asks for a version that is not remembered any more. */
export function expired(message: string, continueToken?: string): ApiError {
  return new ApiError(
    410,
    'Expired',
    message,
    continueToken === undefined ? {} : { continueToken },
  );
}

function detailsOf(subject: Subject, name: string): StatusDetails {
  const group = subject.group === '' ? {} : { group: subject.group };
  return { name, ...group, kind: subject.plural };
}
