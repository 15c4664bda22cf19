import { describe, expect, test } from 'vitest';
import { allProofs, NodeOrder } from '../../../coordinator/core/node-order.ts';
import { NodeState, type Proof } from '../../../coordinator/core/node-state.ts';
import { OpenNodes } from '../../../coordinator/core/open-nodes.ts';

interface Given {
  readonly rank: number;
  readonly proof?: Proof;
  /** Offers of the image before it opened. */
  readonly offersBefore?: number;
}

function line(givens: readonly Given[]) {
  const order = new NodeOrder();
  const open = new OpenNodes();
  const nodes = givens.map(({ rank, proof = 'untried', offersBefore = 0 }, index) => {
    const node = new NodeState(`uid-${index}`, `node-${index}`);
    node.index = index;
    node.proof = proof;
    order.set(node, rank);
    open.add(index, offersBefore);
    return node;
  });
  const [first] = nodes;
  const classes = first === undefined ? [] : [first.nodeClass];
  return { order, nodes, sought: { classes, proofs: allProofs, open } };
}

describe('NodeOrder', () => {
  test('finds the warmest or the coldest of the nodes that it is asked for', () => {
    const { order, nodes, sought } = line([
      { rank: 3, proof: 'proven' },
      { rank: 5, proof: 'untried' },
      { rank: 9, proof: 'failing' },
    ]);
    const all = () => true;
    expect(order.find(sought, 'warmest', all)).toBe(nodes[0]);
    expect(order.find(sought, 'coldest', all)).toBe(nodes[2]);
    expect(order.find({ ...sought, proofs: ['proven', 'untried'] }, 'coldest', all)).toBe(nodes[1]);
  });

  test('orders equal nodes by nothing that runs along with their names', () => {
    const { order, nodes, sought } = line(Array.from({ length: 100 }, () => ({ rank: 1 })));
    const places: number[] = [];
    order.find(sought, 'warmest', (node) => {
      places.push(nodes.indexOf(node));
      return false;
    });
    expect(places.length).toBe(100);
    const neighbours = places.filter((place, at) => Math.abs(place - (places[at - 1] ?? -9)) <= 1);
    expect(neighbours.length).toBeLessThan(10);
  });

  test('finds the longest open node past those that cannot be had, if it waited long enough', () => {
    const { order, nodes, sought } = line([
      { rank: 1, offersBefore: 10 },
      { rank: 1, proof: 'failing', offersBefore: 20 },
      { rank: 1, proof: 'proven', offersBefore: 30 },
    ]);
    expect(order.findLongestOpen(sought, 30, () => true)).toBe(nodes[0]);
    expect(order.findLongestOpen(sought, 30, (node) => node !== nodes[0])).toBe(nodes[1]);
    expect(order.findLongestOpen(sought, 19, (node) => node !== nodes[0])).toBeUndefined();
  });
});
