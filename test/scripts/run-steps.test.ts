import { describe, expect, test } from 'vitest';
import { runSteps } from '../../scripts/run-steps.ts';

function node(name: string, script: string) {
  return { name, program: process.execPath, args: ['-e', script] };
}

async function run(steps: Parameters<typeof runSteps>[0]) {
  let text = '';
  const passed = await runSteps(steps, (written) => {
    text += written;
  });
  return {
    passed,
    lines: text
      .replace(/\d+\.\d s/g, 'N s')
      .trimEnd()
      .split('\n'),
  };
}

describe('runSteps', () => {
  test('says one line for each step that succeeds, whatever it writes', async () => {
    const steps = [node('a', 'console.log("chatter")'), node('longer', '')];
    expect(await run(steps)).toEqual({
      passed: true,
      lines: ['a       ok  N s', 'longer  ok  N s'],
    });
  });

  test('shows the output of a step that fails, and goes on', async () => {
    const steps = [
      node('bad', 'console.log("out"); console.error("err"); process.exit(3)'),
      node('mute', 'process.exit(4)'),
      { name: 'none', program: 'no-such-program', args: [] },
      node('good', ''),
    ];
    const { passed, lines } = await run(steps);
    expect(passed).toBe(false);
    expect(lines).toEqual([
      'bad   FAILED  N s',
      expect.stringMatching(/out|err/),
      expect.stringMatching(/out|err/),
      'mute  FAILED  N s',
      expect.stringMatching(/ended with code 4$/),
      'none  FAILED  N s',
      expect.stringMatching(/^cannot run no-such-program: .*ENOENT/),
      'good  ok  N s',
    ]);
  });
});
