// Random numbers that a seed determines, so that two runs with one seed give the same uids and names.

/** Uniform in [0, 1); 32-bit state (mulberry32), good enough for names and jitter, not for secrets. */
export function openSeededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A version 4 UUID made of the given random numbers. */
export function makeUid(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16));
  digits[12] = 4;
  digits[16] = 8 + ((digits[16] ?? 0) % 4);
  const text = digits.map((digit) => digit.toString(16)).join('');
  return [
    text.slice(0, 8),
    text.slice(8, 12),
    text.slice(12, 16),
    text.slice(16, 20),
    text.slice(20),
  ].join('-');
}

// Kubernetes leaves out vowels and look-alikes, so that no words arise.
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** What `generateName` appends: five letters. */
export function makeSuffix(random: () => number): string {
  return Array.from(
    { length: 5 },
    () => suffixLetters[Math.floor(random() * suffixLetters.length)] ?? 'x',
  ).join('');
}
