// `npm run check`: what can be said about the code without running it.

import { runSteps } from './run-steps.ts';

const passed = await runSteps(
  [
    { name: 'types', program: 'tsc', args: [] },
    { name: 'lint and format', program: 'biome', args: ['check', '--error-on-warnings'] },
    { name: 'dead code', program: 'knip', args: ['--no-progress'] },
    { name: 'proto lint', program: 'buf', args: ['lint'] },
    { name: 'generated code', program: process.execPath, args: ['scripts/gen.ts', '--check'] },
  ],
  (text) => process.stdout.write(text),
);
process.exitCode = passed ? 0 : 1;
