// Image references, so that `nginx` and `docker.io/library/nginx:latest` are one image and `app:1` is never found
// inside `my-app:1`. The grammar is that of the distribution project's reference package; the short forms are
// those that kubelets and container runtimes expand.

export interface ImageReference {
  /** Host and port, such as `docker.io` or `registry.example:5000`. */
  readonly registry: string;
  /** Path in the registry, such as `library/nginx`. */
  readonly repository: string;
  /** Undefined when the reference is by digest. */
  readonly tag: string | undefined;
  /** Such as `sha256:…`; undefined when the reference is by tag. */
  readonly digest: string | undefined;
}

/** A text that is no image reference; the message says what is wrong with it. */
export class ImageReferenceError extends Error {
  override readonly name = 'ImageReferenceError';
}

const defaultRegistry = 'docker.io';
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const host =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
// The distribution specification's bound on registry and repository together.
const maxNameLength = 255;

/**
 * Reads a reference in any spelling. A tag beside a digest is dropped: the digest is what gets pulled.
 * @throws ImageReferenceError
 */
export function parseImageReference(text: string): ImageReference {
  const [name, digest] = splitOnce(text, '@');
  if (digest !== undefined && !isDigest(digest)) fail(text, `"${digest}" is not a digest`);
  const { path, tag } = splitTag(name);
  if (tag !== undefined && !tagPattern.test(tag)) fail(text, `"${tag}" is not a tag`);
  const { registry, repository } = splitRegistry(path);
  if (!host.test(registry)) fail(text, `"${registry}" is not a registry host`);
  const bad = repository.split('/').find((part) => !component.test(part));
  if (bad !== undefined)
    fail(text, `"${bad}" is not a repository name (lower case letters, digits, separators)`);
  if (registry.length + repository.length + 1 > maxNameLength)
    fail(text, `the name is longer than ${maxNameLength}`);
  return {
    registry,
    repository,
    tag: digest === undefined ? (tag ?? 'latest') : undefined,
    digest,
  };
}

/** Undefined when the text is no image reference; for texts that others wrote and nobody can be told about. */
export function findImageReference(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch (error) {
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
}

/** The one spelling that Forehold compares: `registry/repository:tag` or `registry/repository@digest`. */
export function formatImageReference(reference: ImageReference): string {
  const { registry, repository, tag, digest } = reference;
  return `${registry}/${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}

/**
 * @throws ImageReferenceError
 */
export function normaliseImageReference(text: string): string {
  return formatImageReference(parseImageReference(text));
}

export function isDigest(text: string): boolean {
  return (
    digestPattern.test(text) &&
    (!text.startsWith('sha256:') || text.length === 'sha256:'.length + 64)
  );
}

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

function splitTag(name: string): { path: string; tag: string | undefined } {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/')
    ? { path: name.slice(0, colon), tag: name.slice(colon + 1) }
    : { path: name, tag: undefined };
}

// The first component is a registry when it can only be a host: it has a dot or a port, or is `localhost`.
function splitRegistry(path: string): { registry: string; repository: string } {
  const [first, rest] = splitOnce(path, '/');
  if (rest === undefined || !(/[.:]/.test(first) || first === 'localhost')) {
    const repository = path.includes('/') ? path : `library/${path}`;
    return { registry: defaultRegistry, repository };
  }
  if (first !== defaultRegistry && first !== 'index.docker.io')
    return { registry: first, repository: rest };
  return { registry: defaultRegistry, repository: rest.includes('/') ? rest : `library/${rest}` };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function fail(text: string, why: string): never {
  throw new ImageReferenceError(`cannot read image reference "${text.slice(0, 300)}": ${why}`);
}
