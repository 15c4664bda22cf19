// Why a file could not be read, for sentences that name the file already: Node's own words repeat its path and tell of
// system calls.

const whys: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

/** Such as `no such file`; the error's own words where none of ours fit. */
export function describeFileError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return whys[code] ?? error.message;
}
