// Durations as Kubernetes and Go write them (`30m`, `1h30m`, `1.5s`), from and to milliseconds. Only what waiting
// needs: no sign, because no span in Forehold runs backwards.

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const whole = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;

/** Undefined when the text is no duration; a bare `0` is one, as in Go. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  // Beyond this length no useful duration stands, and the pattern need not look.
  if (text.length > 64 || !whole.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(part))
    totalMs += Number(amount) * (unitMs[unit] ?? 0);
  return Number.isSafeInteger(Math.round(totalMs)) ? totalMs : undefined;
}

/** The shortest spelling in hours, minutes and seconds, whole milliseconds: `1h30m`, `1.5s`, `0s`. */
export function formatDuration(spanMs: number): string {
  const roundedMs = Math.max(0, Math.round(spanMs));
  const hours = Math.floor(roundedMs / 3_600_000);
  const minutes = Math.floor((roundedMs % 3_600_000) / 60_000);
  const seconds = (roundedMs % 60_000) / 1_000;
  const text = [
    hours > 0 ? `${hours}h` : '',
    minutes > 0 ? `${minutes}m` : '',
    seconds > 0 ? `${seconds}s` : '',
  ].join('');
  return text === '' ? '0s' : text;
}
