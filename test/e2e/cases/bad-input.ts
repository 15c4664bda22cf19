// What people mistype: refused by the API server with the sentence to act on, or told in the object's own condition.

import { expect, test } from 'vitest';
import type { Stack } from '../harness/stack.ts';
import { until } from '../harness/until.ts';

const refusals: readonly [string, Readonly<Record<string, unknown>>, string][] = [
  ['a tag inside image', { image: 'nginx:1.27' }, 'put it into the field tag (tag: "1.27")'],
  ['a digest inside image', { image: 'nginx@sha256:00' }, 'put it into the field digest'],
  ['an image with blanks', { image: 'my image' }, 'image must be a repository in lower case'],
  ['an unknown field', { image: 'nginx', tagg: '1' }, 'unknown field "spec.tagg"'],
  ['a bad duration', { image: 'nginx', pullTimeout: '2 hours' }, 'spec.pullTimeout'],
  ['a duration out of bounds', { image: 'nginx', pullTimeout: '48h' }, 'from 1s to 24h'],
];

export function testBadInput(stack: () => Stack): void {
  test.for(refusals)('%s is refused with the field to mend', async ([, spec, sentence]) => {
    await expect(stack().images.want({ refused: spec })).rejects.toThrow(sentence);
  });

  test('what the schema lets through turns InvalidSpec and disturbs no other', async () => {
    const { images } = stack();
    // The first component can only be a registry, but is no host name.
    await images.want({ odd: { image: 'a..b/c' } });
    const condition = await until('the condition Ready is set', 20_000, async () =>
      (await images.status('odd')).conditions?.find((candidate) => candidate.type === 'Ready'),
    );
    expect(condition).toMatchObject({ status: 'False', reason: 'InvalidSpec' });
    expect(condition.message).toContain('a..b');
    await images.delete('odd');
  });
}
