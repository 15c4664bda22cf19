// What the user asks `forehold` for.

import { readArguments } from '../shared/arguments.ts';
import { parseHostPort } from '../shared/env.ts';
import { normaliseImageReference } from '../shared/image-ref.ts';
import { ports } from '../shared/names.ts';

export interface LeaseFilter {
  /** Empty means all. */
  readonly node: string;
  /** Normalised image reference; empty means all. */
  readonly image: string;
}

export type Command =
  | {
      readonly kind: 'leases';
      readonly filter: LeaseFilter;
      readonly watch: boolean;
      /** Ended ones as well. */
      readonly all: boolean;
    }
  | { readonly kind: 'images' }
  | { readonly kind: 'nodes' };

export type ReadCommand =
  | {
      readonly kind: 'run';
      readonly command: Command;
      /** HOST:PORT */
      readonly coordinator: string;
      readonly json: boolean;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly problem: string };

export const help = `Usage: npm run -s forehold -- COMMAND [options]

Shows what a running coordinator knows.

Commands:
  leases               live leases: which node pulls which image
    --watch            then every change, until Ctrl-C
    --all              ended leases as well (the last 1,000)
    --node NODE        only leases of this node
    --image IMAGE      only leases of this image, in any spelling
  images               desired images: on how many nodes they are, and what holds them back
  nodes                nodes: agent, inventory, what they still miss

Options:
  --coordinator HOST:PORT   default $FOREHOLD_COORDINATOR, else 127.0.0.1:${ports.grpc}
  --json                    one JSON document; with --watch one line for each change
  --help

Exit code: 0 done, 1 the coordinator cannot be reached or refused, 2 bad usage.
`;

const kinds = {
  watch: 'flag',
  all: 'flag',
  node: 'value',
  image: 'value',
  coordinator: 'value',
  json: 'flag',
  help: 'flag',
} as const;

const ofLeases = ['watch', 'all', 'node', 'image'];

/** @param environment FOREHOLD_COORDINATOR; `--coordinator` wins over it */
export function readCommand(argv: readonly string[], environment: string | undefined): ReadCommand {
  const read = readArguments(argv, kinds);
  if (read.kind === 'invalid') return read;
  const { flags, values, words } = read;
  if (flags.has('help')) return { kind: 'help' };
  const [word, excess] = words;
  if (excess !== undefined) return invalid(`unexpected argument ${excess} (see --help)`);
  const misplaced = ofLeases.find((name) => flags.has(name) || values.has(name));
  if (word !== 'leases' && isOther(word) && misplaced !== undefined)
    return invalid(`--${misplaced} belongs to leases, not to ${word}`);
  const command = readWord(word, flags, values);
  if (typeof command === 'string') return invalid(command);
  const given = values.get('coordinator');
  const coordinator = given ?? (environment || `127.0.0.1:${ports.grpc}`);
  if (parseHostPort(coordinator) === undefined)
    return invalid(
      `${given === undefined ? 'FOREHOLD_COORDINATOR' : '--coordinator'}: "${coordinator}" is not HOST:PORT, such as 127.0.0.1:${ports.grpc}`,
    );
  return { kind: 'run', command, coordinator, json: flags.has('json') };
}

function isOther(word: string | undefined): word is 'images' | 'nodes' {
  return word === 'images' || word === 'nodes';
}

/** A sentence when the word is no command, or its options do not fit. */
function readWord(
  word: string | undefined,
  flags: ReadonlySet<string>,
  values: ReadonlyMap<string, string>,
): Command | string {
  if (word === undefined) return 'which command? leases, images or nodes (see --help)';
  if (isOther(word)) return { kind: word };
  if (word !== 'leases') return `unknown command ${word}: leases, images or nodes (see --help)`;
  const image = readImage(values.get('image'));
  if (image.problem !== undefined) return image.problem;
  return {
    kind: 'leases',
    watch: flags.has('watch'),
    all: flags.has('all'),
    filter: { node: values.get('node') ?? '', image: image.reference },
  };
}

function readImage(text: string | undefined): { reference: string; problem?: string } {
  if (text === undefined) return { reference: '' };
  try {
    return { reference: normaliseImageReference(text) };
  } catch (error) {
    return { reference: '', problem: `--image: ${error instanceof Error ? error.message : error}` };
  }
}

function invalid(problem: string): ReadCommand {
  return { kind: 'invalid', problem };
}
