// Where the coordinators are: the addresses behind the name that the agent was given, and in which order to dial them.
// The agent asks itself instead of leaving it to gRPC, because only one of the addresses leads, and because what another
// coordinator says about the leader is a hint: it changes the order, and never adds an address that the name has not.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { formatHostPort, parseHostPort } from '../shared/env.ts';
import { StatusError } from '../shared/rpc.ts';

/**
 * Every address of a host. A seam: a simulation has names of its own.
 * @throws Error when it has none
 */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** As the machine resolves names; an address is its own. */
export const resolveByDns: Resolve = async (host) => {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
};

// Two replicas are usual; a name with more addresses than this is not ours.
const maxAddresses = 16;

/**
 * HOST:PORT of every coordinator behind the target.
 * @param target HOST:PORT
 * @throws StatusError UNAVAILABLE when the name cannot be resolved
 */
export async function findAddresses(target: string, resolve: Resolve): Promise<readonly string[]> {
  const parsed = parseHostPort(target);
  if (parsed === undefined) throw new StatusError('UNAVAILABLE', `cannot resolve ${target}`);
  const { host, port } = parsed;
  try {
    const found = new Set(await resolve(host));
    return [...found].slice(0, maxAddresses).map((ip) => formatHostPort(ip, port));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StatusError('UNAVAILABLE', `cannot resolve ${host}: ${why}`, { cause: error });
  }
}

/** One round: every address once, in an order drawn at random but for hints. */
export class Round {
  readonly #remaining: string[];

  constructor(addresses: readonly string[], random: () => number) {
    this.#remaining = shuffle(addresses, random);
  }

  /** The one to dial next, `hint` if it is among those not yet dialled; undefined when the round is over. */
  next(hint: string | undefined): string | undefined {
    const index = Math.max(0, hint === undefined ? 0 : this.#remaining.indexOf(hint));
    return this.#remaining.splice(index, 1)[0];
  }
}

function shuffle(addresses: readonly string[], random: () => number): string[] {
  const left = [...addresses];
  const drawn: string[] = [];
  while (left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}
