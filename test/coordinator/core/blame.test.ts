import { describe, expect, test } from 'vitest';
import { Blame, type Failure } from '../../../coordinator/core/blame.ts';

const now = { wallMs: 0, monotonicMs: 0 };

function failure(change: Partial<Failure> = {}): Failure {
  return {
    image: 'a',
    registry: 'r',
    nodeUid: 'n1',
    reason: 'RegistryUnavailable',
    imagesOfRegistry: 5,
    targets: 20,
    underWay: 0,
    ...change,
  };
}

describe('Blame', () => {
  test('of a registry takes two images on two nodes', () => {
    const blame = new Blame();
    expect(blame.failed(failure(), now)).toBeUndefined();
    expect(blame.failed(failure({ image: 'b' }), now)).toBeUndefined();
    expect(blame.failed(failure({ nodeUid: 'n2' }), now)).toBe('registry');
  });

  test('of a registry takes one image when it serves no other, and none when it says so itself', () => {
    const only = new Blame();
    only.failed(failure({ imagesOfRegistry: 1 }), now);
    expect(only.failed(failure({ imagesOfRegistry: 1, nodeUid: 'n2' }), now)).toBe('registry');
    const limited = new Blame();
    const reason = 'RegistryRateLimited';
    limited.failed(failure({ reason }), now);
    expect(limited.failed(failure({ reason, nodeUid: 'n2' }), now)).toBe('registry');
  });

  test('of a registry takes five nodes in a large cluster, and one where there is no other', () => {
    const large = new Blame();
    for (const nodeUid of ['n1', 'n2', 'n3', 'n4'])
      expect(
        large.failed(failure({ nodeUid, image: nodeUid, targets: 1_000 }), now),
      ).toBeUndefined();
    expect(large.failed(failure({ nodeUid: 'n5', targets: 1_000 }), now)).toBe('registry');
    const small = new Blame();
    small.failed(failure({ targets: 1 }), now);
    expect(small.failed(failure({ targets: 1, image: 'b' }), now)).toBe('registry');
  });

  test('of a registry begins anew with every success, and after ten minutes', () => {
    for (const between of ['success', 'time'] as const) {
      const blame = new Blame();
      blame.failed(failure(), now);
      if (between === 'success') blame.succeeded({ image: 'c', registry: 'r', nodeUid: 'n3' });
      const later = { ...now, monotonicMs: between === 'time' ? 600_001 : 1 };
      expect(blame.failed(failure({ image: 'b', nodeUid: 'n2' }), later), between).toBeUndefined();
    }
  });

  test('of an image is quick when nobody has pulled it, and takes two nodes otherwise', () => {
    const blame = new Blame();
    const missing = failure({ reason: 'ImageNotFound' });
    expect(blame.failed({ ...missing, underWay: 1 }, now)).toBeUndefined();
    expect(blame.failed(missing, now)).toBe('image');
    blame.succeeded(missing);
    expect(blame.failed(missing, now)).toBeUndefined();
    expect(blame.failed({ ...missing, nodeUid: 'n2' }, now)).toBe('image');
  });

  test('of an image takes a quarter of its nodes when they may be to blame', () => {
    const blame = new Blame();
    const full = (nodeUid: string) => failure({ reason: 'InsufficientDisk', nodeUid });
    for (const nodeUid of ['n1', 'n2', 'n3', 'n4'])
      expect(blame.failed(full(nodeUid), now)).toBeUndefined();
    expect(blame.failed(full('n5'), now)).toBe('image');
  });

  test('of a node takes two images that others could pull, or three', () => {
    const full = (image: string) => failure({ reason: 'InsufficientDisk', image });
    const unknown = new Blame();
    unknown.failed(full('a'), now);
    expect(unknown.failed(full('b'), now)).toBeUndefined();
    expect(unknown.failed(full('c'), now)).toBe('node');
    const known = new Blame();
    for (const image of ['a', 'b']) known.succeeded({ image, registry: 'r', nodeUid: 'n2' });
    known.failed(full('a'), now);
    expect(known.failed(full('b'), now)).toBe('node');
  });

  test.for(['OfferLapsed', 'NoLongerDesired', 'PodVanished', 'QuotaExceeded'] as const)(
    'falls on nobody: %s',
    (reason) => {
      const blame = new Blame();
      for (const nodeUid of ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'])
        expect(blame.failed(failure({ reason, nodeUid, image: nodeUid }), now)).toBeUndefined();
    },
  );
});
