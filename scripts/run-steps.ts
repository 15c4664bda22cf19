// Runs programs one after the other, all of them even when one fails: whoever repairs wants to see everything at
// once. One line each; what a program wrote is shown only when it failed.

import { spawn } from 'node:child_process';

export interface Step {
  readonly name: string;
  /** Found in the path, which has node_modules/.bin first under npm and scripts/run.mjs. */
  readonly program: string;
  readonly args: readonly string[];
}

/** True when all succeeded. */
export async function runSteps(
  steps: readonly Step[],
  write: (text: string) => void,
): Promise<boolean> {
  const width = Math.max(...steps.map((step) => step.name.length));
  let failures = 0;
  for (const step of steps) {
    const startMs = performance.now();
    const { succeeded, output } = await runStep(step);
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    write(`${step.name.padEnd(width)}  ${succeeded ? 'ok' : 'FAILED'}  ${seconds} s\n`);
    if (succeeded) continue;
    failures += 1;
    write(output.endsWith('\n') ? output : `${output}\n`);
  }
  return failures === 0;
}

interface StepResult {
  readonly succeeded: boolean;
  readonly output: string;
}

function runStep({ program, args }: Step): Promise<StepResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) =>
      resolve({ succeeded: false, output: `cannot run ${program}: ${error.message}` }),
    );
    child.on('close', (code, signal) => {
      const end = output === '' ? `${program} ended with ${signal ?? `code ${code}`}` : output;
      resolve({ succeeded: code === 0, output: end });
    });
  });
}
