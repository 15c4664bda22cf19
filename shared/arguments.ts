// Command lines of people, for `npm start`, `npm run simulate` and the CLI: node:util finds the tokens, the sentences are ours, because
// its own messages talk about positional arguments and quoting to somebody who mistyped an option.

import { parseArgs } from 'node:util';

/** Long names, without dashes; a flag stands alone, a value follows its option. */
export type OptionKinds = Readonly<Record<string, 'flag' | 'value'>>;

export type Arguments =
  | {
      readonly kind: 'read';
      readonly flags: ReadonlySet<string>;
      readonly values: ReadonlyMap<string, string>;
      readonly words: readonly string[];
    }
  /** One sentence without full stop: what is wrong, with the offending text. */
  | { readonly kind: 'invalid'; readonly problem: string };

/** Reads `argv` (without program and file); the first problem wins. */
export function readArguments(argv: readonly string[], kinds: OptionKinds): Arguments {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(kinds).map(([name, kind]) => [
        name,
        { type: kind === 'flag' ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
  });
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const problem = findProblem(token, kinds) ?? findRepetition(token.name, flags, values);
    if (problem !== undefined) return { kind: 'invalid', problem };
    if (kinds[token.name] === 'flag') flags.add(token.name);
    else values.set(token.name, token.value ?? '');
  }
  return { kind: 'read', flags, values, words };
}

/** One sentence about a value that makes no sense. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

export interface WholeRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The number of an option, undefined when it was not given.
 * @throws OptionError naming option, text and range
 */
export function readWhole(
  option: string,
  text: string | undefined,
  { min, max }: WholeRange,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new OptionError(`${option}: "${text}" is not a whole number from ${min} to ${max}`);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function findProblem(token: OptionToken, kinds: OptionKinds): string | undefined {
  const { rawName, value, inlineValue } = token;
  const known = rawName.startsWith('--') && Object.hasOwn(kinds, token.name);
  const kind = known ? kinds[token.name] : undefined;
  if (kind === undefined) return `unknown option ${rawName} (see --help)`;
  if (kind === 'flag') return value === undefined ? undefined : `${rawName} takes no value`;
  // `--nodes --json` forgot the number; a value that does begin with dashes is written `--name=--value`.
  const forgotten = value === undefined || (!inlineValue && value.startsWith('--'));
  return forgotten || value === '' ? `${rawName} needs a value` : undefined;
}

function findRepetition(
  name: string,
  flags: ReadonlySet<string>,
  values: ReadonlyMap<string, string>,
): string | undefined {
  return flags.has(name) || values.has(name) ? `--${name} is given twice` : undefined;
}
