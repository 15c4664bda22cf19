// What the user asks `forehold` for.

import { readArguments } from '../shared/arguments.ts';
import { normaliseImageReference } from '../shared/image-ref.ts';
import {
  type ConnectEnvironment,
  type ConnectSettings,
  connectOptions,
  readConnectSettings,
} from './connect/settings.ts';

export interface LeaseFilter {
  /** Empty means all. */
  readonly node: string;
  /** Normalised image reference; empty means all. */
  readonly image: string;
}

/** What is paused or resumed: everything, or the policy or normalised image of that name. */
export interface PauseTarget {
  readonly scope: 'all' | 'policy' | 'image';
  readonly name: string;
}

/** What a person says about a change. */
export interface Statement {
  readonly why: string;
  readonly by: string;
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
  | { readonly kind: 'nodes' }
  | { readonly kind: 'node'; readonly name: string }
  /** Of all nodes when the node is empty. */
  | { readonly kind: 'explain'; readonly image: string; readonly node: string }
  /** Of all limits when the name is empty; without `all` the fullest scopes of each. */
  | { readonly kind: 'limits'; readonly limit: string; readonly all: boolean }
  | { readonly kind: 'pause'; readonly target: PauseTarget; readonly statement: Statement }
  | { readonly kind: 'resume'; readonly target: PauseTarget }
  | { readonly kind: 'revoke'; readonly lease: string; readonly statement: Statement };

export type CommandWord = Exclude<Command['kind'], 'node'>;

export type ReadCommand =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly connect: ConnectSettings;
      readonly json: boolean;
    }
  /** Of one command, or of all. */
  | { readonly kind: 'help'; readonly word: CommandWord | undefined }
  | { readonly kind: 'invalid'; readonly problem: string };

export interface Environment extends ConnectEnvironment {
  /** Who runs the command, for `by`. */
  readonly user: string;
}

const kinds = {
  watch: 'flag',
  all: 'flag',
  node: 'value',
  image: 'value',
  policy: 'value',
  limit: 'value',
  why: 'value',
  by: 'value',
  json: 'flag',
  help: 'flag',
  ...connectOptions,
} as const;

/** Options of each command beside those of all, and what its one word is, if it takes one. */
const commands: Readonly<
  Record<CommandWord, { readonly options: readonly string[]; readonly word?: string }>
> = {
  leases: { options: ['watch', 'all', 'node', 'image'] },
  images: { options: [] },
  nodes: { options: [], word: 'NODE' },
  explain: { options: ['node'], word: 'IMAGE' },
  limits: { options: ['limit', 'all'] },
  pause: { options: ['all', 'policy', 'image', 'why', 'by'] },
  resume: { options: ['all', 'policy', 'image'] },
  revoke: { options: ['why', 'by'], word: 'LEASE' },
};
const ofAll = ['json', 'help', ...Object.keys(connectOptions)];

interface Given {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  /** What follows the command. */
  readonly operand: string | undefined;
  readonly user: string;
}

class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function readCommand(argv: readonly string[], environment: Environment): ReadCommand {
  // The only short one, because every kubectl user types it.
  const long = argv.map((argument) => (argument === '-n' ? '--namespace' : argument));
  const read = readArguments(long, kinds);
  if (read.kind === 'invalid') return read;
  const { flags, values, words } = read;
  const [word, operand, excess] = words;
  if (flags.has('help')) return { kind: 'help', word: isCommand(word) ? word : undefined };
  if (word === undefined) return invalid(`which command? ${list()} (see --help)`);
  if (!isCommand(word)) return invalid(`unknown command ${word}: ${list()} (see --help)`);
  const problem = findMisplaced(word, commands[word].word === undefined ? operand : excess, [
    ...flags,
    ...values.keys(),
  ]);
  if (problem !== undefined) return invalid(problem);
  const connect = readConnectSettings(values, environment);
  if (typeof connect === 'string') return invalid(connect);
  try {
    const command = readWord(word, { flags, values, operand, user: environment.user });
    return { kind: 'run', command, connect, json: flags.has('json') };
  } catch (error) {
    if (error instanceof UsageError) return invalid(error.message);
    throw error;
  }
}

function findMisplaced(
  word: CommandWord,
  excess: string | undefined,
  names: readonly string[],
): string | undefined {
  if (excess !== undefined) return `unexpected argument ${excess} (see --help)`;
  const { options } = commands[word];
  const stray = names.find((name) => !ofAll.includes(name) && !options.includes(name));
  return stray === undefined ? undefined : `--${stray} does not belong to ${word} (see --help)`;
}

function readWord(word: CommandWord, given: Given): Command {
  const { flags, values, operand } = given;
  switch (word) {
    case 'images':
      return { kind: word };
    case 'nodes':
      return operand === undefined ? { kind: word } : { kind: 'node', name: operand };
    case 'leases': {
      const image = values.get('image');
      const filter = {
        node: values.get('node') ?? '',
        image: image === undefined ? '' : readImage('--image', image),
      };
      return { kind: word, filter, watch: flags.has('watch'), all: flags.has('all') };
    }
    case 'explain': {
      const image = readImage('IMAGE', requireOperand(word, operand));
      return { kind: word, image, node: values.get('node') ?? '' };
    }
    case 'limits':
      return { kind: word, limit: values.get('limit') ?? '', all: flags.has('all') };
    case 'pause':
      return { kind: word, target: readTarget(word, given), statement: readStatement(given) };
    case 'resume':
      return { kind: word, target: readTarget(word, given) };
    case 'revoke':
      return {
        kind: word,
        lease: requireOperand(word, operand),
        statement: readStatement(given),
      };
    default:
      return word satisfies never;
  }
}

function requireOperand(word: CommandWord, operand: string | undefined): string {
  if (operand !== undefined) return operand;
  throw new UsageError(`${word} needs ${commands[word].word} (see --help)`);
}

function readTarget(word: CommandWord, { flags, values }: Given): PauseTarget {
  const image = values.get('image');
  const policy = values.get('policy');
  const count = [flags.has('all') || undefined, image, policy].filter((one) => one !== undefined);
  if (count.length !== 1)
    throw new UsageError(`${word} needs one of --all, --policy NAME, --image IMAGE`);
  if (image !== undefined) return { scope: 'image', name: readImage('--image', image) };
  return policy === undefined ? { scope: 'all', name: '' } : { scope: 'policy', name: policy };
}

function readStatement({ values, user }: Given): Statement {
  return { why: values.get('why') ?? '', by: values.get('by') ?? user };
}

function readImage(from: string, text: string): string {
  try {
    return normaliseImageReference(text);
  } catch (error) {
    throw new UsageError(`${from}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function isCommand(word: string | undefined): word is CommandWord {
  return word !== undefined && Object.hasOwn(commands, word);
}

function list(): string {
  return Object.keys(commands).join(', ');
}

function invalid(problem: string): ReadCommand {
  return { kind: 'invalid', problem };
}
