// Ages and remaining times for people, in the two largest units: `12s`, `3m4s`, `2h5m`, `3d4h`, as kubectl shows them.

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];

/** Rounded down to whole seconds; the smaller unit is left out at zero. */
export function formatSpan(spanMs: number): string {
  const seconds = Math.max(0, Math.floor(spanMs / 1_000));
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0s';
  let rest = seconds;
  return units
    .slice(first, first + 2)
    .map(([unit, size]) => {
      const amount = Math.floor(rest / size);
      rest %= size;
      return amount === 0 ? '' : `${amount}${unit}`;
    })
    .join('');
}
