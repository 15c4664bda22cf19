// `npm start`: Forehold on an embedded cluster. The only place that knows both sides, and the only one of this program
// that exits.

import { type Log, openLog } from '../shared/log.ts';
import { runAgents } from './start/agent-part.ts';
import { startCoordinator } from './start/coordinator-part.ts';
import { help } from './start/help.ts';
import { readInputs } from './start/inputs.ts';
import { readOptions, type StartOptions } from './start/options.ts';
import { type RunResult, run } from './start/run.ts';
import { openLiveScreen, openPlainScreen, type Screen } from './start/screen.ts';
import { summarise } from './start/summary.ts';
import { RefusedError } from './start/world.ts';

const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

// A reader that has seen enough (`npm start | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.done);
});

process.exit(await main());

async function main(): Promise<number> {
  const read = readOptions(process.argv.slice(2), process.env['FOREHOLD_LOG_LEVEL']);
  if (read.kind === 'invalid') return refuse(read.problem);
  if (read.kind === 'help') {
    process.stdout.write(help);
    return exitCodes.done;
  }
  const { options } = read;
  const inputs = readInputs(options.imagesFile, options.limitsFile);
  if (inputs.kind === 'invalid') return refuse(inputs.problem);
  const screen = openScreen(options);
  const parts = { startCoordinator, runAgents, openLog: chooseLog(options, screen) };
  const settings = { ...inputs, ...parts, options, screen };
  try {
    const result = await run(settings, listenForSignals(screen));
    screen.close();
    return finish(result, options, screen);
  } catch (error) {
    screen.close();
    if (error instanceof RefusedError) return refuse(error.message);
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return exitCodes.failed;
  }
}

function refuse(problem: string): number {
  process.stderr.write(`npm start: ${problem}\n`);
  return exitCodes.usage;
}

/** Above the view where there is one, else on standard error. */
function chooseLog(options: StartOptions, screen: Screen): (program: string) => Log {
  const isDrawn = process.stdout.isTTY && !options.json;
  const level = options.logLevel ?? (isDrawn ? 'error' : 'warn');
  const above = { write: (line: string) => screen.say(line.trimEnd()) };
  return (program) => openLog(program, level, isDrawn ? above : process.stderr);
}

function openScreen({ json }: StartOptions): Screen {
  if (json) return openPlainScreen((line) => process.stderr.write(`${line}\n`));
  if (process.stdout.isTTY) return openLiveScreen(process.stdout);
  return openPlainScreen((line) => process.stdout.write(`${line}\n`));
}

/** The first signal ends the run, the second one the process. */
function listenForSignals(screen: Screen): AbortSignal {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      screen.close();
      process.exit(exitCodes.interrupted);
    }
    stop.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}

function finish(result: RunResult, options: StartOptions, screen: Screen): number {
  for (const line of summarise(result)) screen.say(line);
  if (options.json) process.stdout.write(`${JSON.stringify(result.report)}\n`);
  if (result.ending.kind === 'warm' || !options.exitWhenWarm) return exitCodes.done;
  return result.ending.kind === 'stuck' ? exitCodes.failed : exitCodes.interrupted;
}
