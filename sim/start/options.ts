// What `npm start` was asked to do. A bad option is one sentence and exit code 2; nothing has started by then.

import { OptionError, readArguments, readWhole } from '../../shared/arguments.ts';
import { parseDuration } from '../../shared/duration.ts';
import { type LogLevel, logLevels } from '../../shared/log.ts';

export interface StartOptions {
  readonly nodes: number;
  /** Undefined: the sample images. */
  readonly imagesFile: string | undefined;
  /** Undefined: as the images' sizes and the nodes' bandwidth give. */
  readonly pullTimeMs: number | undefined;
  readonly seed: number;
  /** How many seconds of the cluster pass in one real second. */
  readonly speed: number;
  /** Undefined: the built-in limits. */
  readonly limitsFile: string | undefined;
  readonly exitWhenWarm: boolean;
  readonly json: boolean;
  /** Undefined: warn, or error where lines would run through a view. */
  readonly logLevel: LogLevel | undefined;
}

export type ReadOptions =
  | { readonly kind: 'run'; readonly options: StartOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly problem: string };

export const defaults = { nodes: 12, seed: 1, speed: 5 } as const;

/** One process holds everything: coordinator, agents, kubelets and API server. */
const maxNodes = 1_000;
const maxSeed = 2 ** 32 - 1;
/** Streams count as silent after 30 s of cluster time: at 100 a pause of 0.3 real seconds would end them. */
export const speeds = { min: 0.1, max: 50 } as const;
const pullTimes = { minMs: 10, maxMs: 30 * 60_000 } as const;

const kinds = {
  nodes: 'value',
  images: 'value',
  'pull-time': 'value',
  seed: 'value',
  speed: 'value',
  limits: 'value',
  log: 'value',
  'exit-when-warm': 'flag',
  json: 'flag',
  help: 'flag',
} as const;

/** @param logLevel FOREHOLD_LOG_LEVEL; `--log` wins over it */
export function readOptions(argv: readonly string[], logLevel: string | undefined): ReadOptions {
  const read = readArguments(argv, kinds);
  if (read.kind === 'invalid') return read;
  if (read.flags.has('help')) return { kind: 'help' };
  const [word] = read.words;
  if (word !== undefined)
    return { kind: 'invalid', problem: `unexpected argument ${word} (see --help)` };
  const { values, flags } = read;
  try {
    const options: StartOptions = {
      nodes: readWhole('--nodes', values.get('nodes'), { min: 1, max: maxNodes }) ?? defaults.nodes,
      imagesFile: values.get('images'),
      pullTimeMs: readPullTime(values.get('pull-time')),
      seed: readWhole('--seed', values.get('seed'), { min: 0, max: maxSeed }) ?? defaults.seed,
      speed: readSpeed(values.get('speed')) ?? defaults.speed,
      limitsFile: values.get('limits'),
      exitWhenWarm: flags.has('exit-when-warm'),
      json: flags.has('json'),
      logLevel:
        readLogLevel('--log', values.get('log')) ?? readLogLevel('FOREHOLD_LOG_LEVEL', logLevel),
    };
    return { kind: 'run', options };
  } catch (error) {
    if (error instanceof OptionError) return { kind: 'invalid', problem: error.message };
    throw error;
  }
}

function readSpeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^[0-9]*\.?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= speeds.min && value <= speeds.max) return value;
  throw new OptionError(`--speed: "${text}" is not a number from ${speeds.min} to ${speeds.max}`);
}

function readPullTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = parseDuration(text);
  if (value !== undefined && value >= pullTimes.minMs && value <= pullTimes.maxMs) return value;
  throw new OptionError(`--pull-time: "${text}" is not a duration from 10ms to 30m, such as 45s`);
}

function readLogLevel(option: string, text: string | undefined): LogLevel | undefined {
  if (text === undefined || text === '') return undefined;
  const level = logLevels.find((known) => known === text);
  if (level !== undefined) return level;
  throw new OptionError(`${option}: "${text}" is not one of ${logLevels.join(', ')}`);
}
