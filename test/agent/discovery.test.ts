import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAddresses, Round, resolveByDns } from '../../agent/discovery.ts';
import { StatusError } from '../../shared/rpc.ts';

describe('resolveByDns', () => {
  test.for(['127.0.0.1', '::1', '10.0.0.7'])('leaves the address %s as it is', async (address) => {
    expect(await resolveByDns(address)).toEqual([address]);
  });

  test('finds localhost', async () => {
    const addresses = await resolveByDns('localhost');
    expect(addresses.some((address) => address === '127.0.0.1' || address === '::1')).toBe(true);
  });
});

describe('findAddresses', () => {
  test('gives every address the port, and none twice', async () => {
    const resolve = () => Promise.resolve(['10.0.0.7', 'fd00::7', '10.0.0.7']);
    expect(await findAddresses('coordinators:7443', resolve)).toEqual([
      '10.0.0.7:7443',
      '[fd00::7]:7443',
    ]);
  });

  test('stops at sixteen', async () => {
    const resolve = () => Promise.resolve(Array.from({ length: 100 }, (_, n) => `10.0.0.${n}`));
    expect(await findAddresses('coordinators:7443', resolve)).toHaveLength(16);
  });

  test('a name that nobody knows is a passing trouble', async () => {
    const resolve = () => Promise.reject(new Error('ENOTFOUND'));
    const finding = findAddresses('coordinators:7443', resolve);
    await expect(finding).rejects.toThrow(StatusError);
    await expect(finding).rejects.toThrow('cannot resolve coordinators: ENOTFOUND');
  });
});

describe('Round', () => {
  test('each address comes once, hints first, and no other address ever', () => {
    const address = fc.stringMatching(/^10\.0\.0\.[1-9]:7443$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(address),
        fc.array(fc.option(address, { nil: undefined })),
        fc.float({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (addresses, hints, random) => {
          const round = new Round(addresses, () => random);
          const dialled: string[] = [];
          for (let turn = 0; ; turn += 1) {
            const hint = hints[turn];
            const next = round.next(hint);
            if (next === undefined) break;
            if (hint !== undefined && addresses.includes(hint) && !dialled.includes(hint))
              expect(next).toBe(hint);
            dialled.push(next);
          }
          expect(dialled.toSorted()).toEqual(addresses.toSorted());
        },
      ),
    );
  });

  test('the order is drawn', () => {
    const first = (random: number): string | undefined =>
      new Round(['a:1', 'b:1'], () => random).next(undefined);
    expect([first(0), first(0.5)]).toEqual(['a:1', 'b:1']);
  });
});
