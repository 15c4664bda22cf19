// RFC 3339 times, as Kubernetes writes them, from and to milliseconds.

/** With milliseconds: `2026-11-21T13:20:04.123Z`. */
export function formatTimestamp(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** Whole seconds, rounded down, as in object metadata and status: `2026-11-21T13:20:04Z`. */
export function formatTimestampSeconds(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
}

/** Undefined when the text is no time. */
export function parseTimestamp(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const wallMs = Date.parse(text);
  return Number.isNaN(wallMs) ? undefined : wallMs;
}
