import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseImageReference } from '../../../shared/image-ref.ts';
import { decideImageGc } from '../../../sim/kubelet/image-gc.ts';
import { ImageReporter } from '../../../sim/kubelet/image-reporter.ts';
import { ImageStore, type StoredImage } from '../../../sim/kubelet/image-store.ts';
import { Registry, type RegistryImage } from '../../../sim/registry/registry.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';

const registry = new Registry({ seed: 1 });

function add(store: ImageStore, name: string, given: Partial<RegistryImage> = {}): RegistryImage {
  const image = registry.push(name, given);
  store.add(parseImageReference(name), image, 0);
  return image;
}

/** Every name leads to the image that lists it, no tag is listed twice, bytes are those of the images there. */
function expectConsistent(store: ImageStore): void {
  const listed = store.list();
  expect(store.usedBytes).toBe(listed.reduce((sum, { image }) => sum + image.sizeBytes, 0));
  const tags = listed.flatMap(({ tagNames }) => tagNames);
  expect(new Set(tags).size).toBe(tags.length);
  for (const { image, digestNames, tagNames } of listed) {
    for (const name of [...digestNames, ...tagNames]) {
      expect(store.find(parseImageReference(name))?.image.digest).toBe(image.digest);
    }
  }
}

describe('ImageStore', () => {
  test('is asked by any spelling of a name', () => {
    const store = new ImageStore();
    const { digest } = add(store, 'nginx:1');
    for (const name of ['nginx:1', 'docker.io/library/nginx:1', `nginx@${digest}`]) {
      expect(store.find(parseImageReference(name))?.image.digest).toBe(digest);
    }
    expect(store.find(parseImageReference('nginx:2'))).toBeUndefined();
    expect(store.find(parseImageReference('my-nginx:1'))).toBeUndefined();
  });

  test('one digest in two repositories is one image with all its names', () => {
    const store = new ImageStore();
    const { digest, sizeBytes } = add(store, 'a.example/a:1');
    add(store, 'b.example/a:1', { digest, sizeBytes });
    expect(store.usedBytes).toBe(sizeBytes);
    expect(store.status()).toEqual([
      {
        names: [`a.example/a@${digest}`, `b.example/a@${digest}`, 'a.example/a:1', 'b.example/a:1'],
        sizeBytes,
      },
    ]);
    expect(store.remove('a.example/a:1')).toBe(true);
    expect(store.find(parseImageReference('b.example/a:1'))).toBeUndefined();
    expect(store.usedBytes).toBe(0);
  });

  test('the status has the 50 largest, with 5 names each', () => {
    const store = new ImageStore();
    for (let index = 1; index <= 60; index += 1) {
      add(store, `a.example/image-${index}:1`, { sizeBytes: index });
    }
    const { digest } = add(store, 'a.example/tagged:1', { sizeBytes: 1_000 });
    for (let tag = 2; tag <= 9; tag += 1) {
      add(store, `a.example/tagged:${tag}`, { digest, sizeBytes: 1_000 });
    }
    const status = store.status();
    expect(status).toHaveLength(50);
    expect(status[0]?.names).toEqual([
      `a.example/tagged@${digest}`,
      ...[1, 2, 3, 4].map((tag) => `a.example/tagged:${tag}`),
    ]);
    expect(status.at(-1)?.sizeBytes).toBe(12);
  });

  test('used bytes are those of the images there, whatever was added and removed', () => {
    const names = fc.constantFrom('a:1', 'a:2', 'b:1', 'c:1', 'd:1');
    const steps = fc.array(fc.record({ name: names, adds: fc.boolean(), version: fc.nat(2) }));
    fc.assert(
      fc.property(steps, (sequence) => {
        const store = new ImageStore();
        for (const { name, adds, version } of sequence) {
          // Versions of one tag: it moves from image to image.
          const digest = `sha256:${String(version).repeat(64)}`;
          if (adds) add(store, name, { digest, sizeBytes: version + 1 });
          else store.remove(name);
        }
        expectConsistent(store);
      }),
    );
  });
});

describe('decideImageGc', () => {
  const minutesMs = 60_000;
  function stored(digest: string, sizeBytes: number, rest: Partial<StoredImage> = {}): StoredImage {
    const image = { digest, sizeBytes, hasExecutable: true, userId: 0, platforms: [] };
    return {
      image,
      digestNames: [],
      tagNames: [],
      firstSeenMs: 0,
      lastUsedMs: undefined,
      ...rest,
    };
  }
  function decide(images: readonly StoredImage[], inUse: readonly string[] = []): string[] {
    const usedBytes = images.reduce((sum, { image }) => sum + image.sizeBytes, 0);
    const disk = { images, usedBytes, diskBytes: 100, inUse: new Set(inUse) };
    return decideImageGc(disk, 10 * minutesMs).map(({ image }) => image.digest);
  }

  test('below the high threshold nothing goes', () => {
    expect(decide([stored('a', 84)])).toEqual([]);
  });

  test('never used goes first, then the longest unused, until usage is at the low threshold', () => {
    const images = [
      stored('recent', 30, { lastUsedMs: 9 * minutesMs }),
      stored('old', 30, { lastUsedMs: 1 * minutesMs }),
      stored('never', 5),
      stored('other', 30, { lastUsedMs: 5 * minutesMs }),
    ];
    expect(decide(images)).toEqual(['never', 'old']);
  });

  test('what a container was created from stays, and so does what has just come', () => {
    const images = [stored('used', 50), stored('new', 50, { firstSeenMs: 9 * minutesMs })];
    expect(decide(images, ['used'])).toEqual([]);
  });
});

describe('ImageReporter', () => {
  test('a change between list and report is told with the next ones', async () => {
    const clock = new VirtualClock();
    const images = new ImageStore();
    const counts: number[] = [];
    const reporter = new ImageReporter({
      clock,
      seed: 1,
      node: 'n',
      intervals: { listEveryMs: 30_000, reportEveryMs: 10_000 },
      images,
      report: (listed) => counts.push(listed.length),
    });
    // A change each second: some of them fall between a list and its report.
    for (const index of Array.from({ length: 100 }).keys()) {
      add(images, `a.example/a-${index % 40}:1`);
      reporter.imagesChanged();
      await clock.advance(1_000);
      if (counts.length === 1) break;
    }
    expect(counts[0]).toBeLessThan(images.list().length);
    await clock.advance(40_000);
    expect(counts.at(-1)).toBe(images.list().length);
  });

  test('tells each change within list and report interval, and only then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100), fc.nat(200_000), async (seed, changedAtMs) => {
        const clock = new VirtualClock();
        const images = new ImageStore();
        const reports: { atMs: number; count: number }[] = [];
        const reporter = new ImageReporter({
          clock,
          seed,
          node: 'n',
          intervals: { listEveryMs: 30_000, reportEveryMs: 10_000 },
          images,
          report: (listed) => reports.push({ atMs: clock.now().monotonicMs, count: listed.length }),
        });
        await clock.advance(changedAtMs);
        add(images, 'a:1');
        reporter.imagesChanged();
        await clock.advance(3_600_000);
        expect(reports).toHaveLength(1);
        expect(reports[0]?.count).toBe(1);
        expect((reports[0]?.atMs ?? 0) - changedAtMs).toBeLessThanOrEqual(40_000);
      }),
      { numRuns: 50 },
    );
  });
});
