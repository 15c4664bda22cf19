// Lots: an order among equals that nobody's names or numbers run along, and that is the same on every run. Neighbours by
// name share a rack, a pool or a fault, so what stands side by side there must not be treated alike.

/** 32 bits of FNV-1a, stirred. */
export function drawLot(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1)
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  return stir(hash);
}

/** Another lot for each count. */
export function redrawLot(lot: number, count: number): number {
  return stir(lot ^ Math.imul(count, 0x9e3779b1));
}

// As MurmurHash3 ends: without it texts that differ in their last letter draw neighbours again.
function stir(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
