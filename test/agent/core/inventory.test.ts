import { describe, expect, test } from 'vitest';
import { Inventory } from '../../../agent/core/inventory.ts';
import type { ContainerImage } from '../../../shared/kube-types.ts';
import { digest, otherDigest, startWallMs } from './world.ts';

const app = 'registry.example/app:1';
const appByDigest = `registry.example/app@${digest}`;
const image: ContainerImage = { names: [appByDigest, app], sizeBytes: 42 };
const minuteMs = 60_000;

function references(inventory: Inventory): readonly string[] {
  return inventory.entries().map((entry) => entry.reference);
}

/** `count` images of which none is ours. */
function others(count: number): readonly ContainerImage[] {
  return Array.from({ length: count }, (_, index) => ({ names: [`registry.example/o${index}:1`] }));
}

describe('Inventory', () => {
  test('normalises names and skips those that name nothing', () => {
    const inventory = new Inventory(50);
    const names = ['nginx', '<none>@<none>', '<none>:<none>', 'docker.io/library/redis:7', 'UPPER'];
    inventory.takeStatus({ images: [{ names }, { names: null }], reportedAtMs: startWallMs });
    expect(references(inventory)).toEqual([
      'docker.io/library/nginx:latest',
      'docker.io/library/redis:7',
    ]);
  });

  test('skips names that the coordinator would refuse for their length', () => {
    const inventory = new Inventory(50);
    const names = [`a.example/a@sha512:${'0'.repeat(300)}`, `a.example/a@x:${'0'.repeat(600)}`];
    inventory.takeStatus({ images: [{ names }], reportedAtMs: startWallMs });
    expect(references(inventory)).toEqual([]);
  });

  test('knows the digest of a tag from the names of the same repository', () => {
    const inventory = new Inventory(50);
    const names = [`mirror.example/app@${otherDigest}`, ...(image.names ?? [])];
    inventory.takeStatus({ images: [{ names, sizeBytes: 42 }], reportedAtMs: startWallMs });
    expect(inventory.entries()).toContainEqual({
      reference: app,
      digest,
      sizeBytes: 42,
      provenance: 'nodeStatus',
      observedAtMs: startWallMs,
    });
  });

  test('drops at once what a list that is not full shows no more', () => {
    const inventory = new Inventory(50);
    inventory.takeStatus({ images: [image], reportedAtMs: startWallMs });
    inventory.takeStatus({ images: others(49), reportedAtMs: startWallMs + 1_000 });
    expect(references(inventory)).not.toContain(app);
  });

  test('keeps what a full list does not show, with the date of the last sight', () => {
    const inventory = new Inventory(50);
    inventory.takeStatus({ images: [image], reportedAtMs: startWallMs });
    inventory.takeStatus({ images: others(50), reportedAtMs: startWallMs + 60 * minuteMs });
    const kept = inventory.entries().find((entry) => entry.reference === app);
    expect(kept).toMatchObject({ provenance: 'nodeStatus', observedAtMs: startWallMs });
    expect(inventory.isListed(app)).toBe(false);
  });

  test.for([
    ['0: every list is full', 0, true],
    ['-1: no list is full', -1, false],
    ['100: fifty is not full', 100, false],
  ] as const)('follows nodeStatusMaxImages %s', ([, max, kept]) => {
    const inventory = new Inventory(max);
    inventory.takeStatus({ images: [image], reportedAtMs: startWallMs });
    inventory.takeStatus({ images: others(50), reportedAtMs: startWallMs + minuteMs });
    expect(references(inventory).includes(app)).toBe(kept);
  });

  test('holds what a pull pod brought, by tag and by digest', () => {
    const inventory = new Inventory(50);
    inventory.takeStatus({ images: [], reportedAtMs: startWallMs });
    inventory.takeOutcome(app, digest, startWallMs + 1_000);
    expect(inventory.entries()).toMatchObject([
      { reference: app, digest, provenance: 'pullPod', observedAtMs: startWallMs + 1_000 },
      { reference: appByDigest, digest, provenance: 'pullPod' },
    ]);
  });

  test('withdraws it when the kubelet, long enough after, still lists no such image', () => {
    const inventory = new Inventory(50);
    inventory.takeStatus({ images: [], reportedAtMs: startWallMs });
    inventory.takeOutcome(app, digest, startWallMs);
    inventory.takeStatus({ images: [], reportedAtMs: startWallMs + 90_000 });
    expect(references(inventory)).toContain(app);
    inventory.takeStatus({ images: [], reportedAtMs: startWallMs + 90_001 });
    expect(references(inventory)).toEqual([]);
  });

  test('turns to the list as its source as soon as the list shows it', () => {
    const inventory = new Inventory(50);
    inventory.takeOutcome(app, undefined, startWallMs);
    inventory.takeStatus({ images: [image], reportedAtMs: startWallMs + 10_000 });
    expect(inventory.entries()[0]).toMatchObject({ provenance: 'nodeStatus', digest });
    inventory.takeStatus({ images: [], reportedAtMs: startWallMs + 11_000 });
    expect(references(inventory)).toEqual([]);
  });

  test('takes the same digest under other names for a confirmation', () => {
    const inventory = new Inventory(50);
    inventory.takeOutcome(app, digest, startWallMs);
    const names = [1, 2, 3, 4, 5].map((number) => `other.example/o${number}@${digest}`);
    inventory.takeStatus({ images: [{ names }], reportedAtMs: startWallMs + 200_000 });
    expect(inventory.isListed(app)).toBe(true);
  });

  test('believes a pull that moved a tag until the list has had time to follow', () => {
    const inventory = new Inventory(50);
    const old: ContainerImage = { names: [`registry.example/app@${otherDigest}`, app] };
    inventory.takeStatus({ images: [old], reportedAtMs: startWallMs });
    inventory.takeOutcome(app, digest, startWallMs);
    inventory.takeStatus({ images: [old], reportedAtMs: startWallMs + 30_000 });
    expect(inventory.entries().find((entry) => entry.reference === app)?.digest).toBe(digest);
    inventory.takeStatus({ images: [old], reportedAtMs: startWallMs + 90_001 });
    expect(inventory.entries().find((entry) => entry.reference === app)?.digest).toBe(otherDigest);
  });

  test('takes from the coordinator what the node does not contradict', () => {
    const entry = {
      reference: app,
      digest,
      sizeBytes: 0,
      provenance: 'pullPod',
      observedAtMs: startWallMs,
    } as const;
    const fresh = new Inventory(50);
    fresh.takeStatus({ images: [], reportedAtMs: startWallMs + 10_000 });
    fresh.takeAcknowledged([entry]);
    expect(references(fresh)).toEqual([app]);
    const settled = new Inventory(50);
    settled.takeStatus({ images: [], reportedAtMs: startWallMs + 100_000 });
    settled.takeAcknowledged([entry]);
    expect(references(settled)).toEqual([]);
    const full = new Inventory(50);
    full.takeStatus({ images: others(50), reportedAtMs: startWallMs + 100_000 });
    full.takeAcknowledged([entry]);
    expect(references(full)).toContain(app);
  });

  test('never matches by substring', () => {
    const inventory = new Inventory(50);
    inventory.takeStatus({
      images: [{ names: ['registry.example/my-app:1', 'registry.example/app:10'] }],
      reportedAtMs: startWallMs,
    });
    expect(inventory.isListed(app)).toBe(false);
  });
});
