import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../e2e/harness/commands.ts';
import { chartPath, findHelms, nameObject, parseObjects, render, renderText } from './helm.ts';

const charts = ['forehold', 'forehold-crds'] as const;
const helms = findHelms();

describe('charts', () => {
  describe.for(helms)('%s', (helm) => {
    test.for(charts)('lints %s strictly', async (chart) => {
      await runCommand(helm, ['lint', '--strict', chartPath(chart)]);
    });

    test.for(charts)('packages %s as it stands in its folder', async (chart) => {
      const folder = mkdtempSync(join(tmpdir(), 'forehold-package-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      await runCommand(helm, ['package', chartPath(chart), '--destination', folder]);
      const packed = join(folder, `${chart}-0.1.0.tgz`);
      const options = { helm };
      expect(await renderText({}, { ...options, chart: packed })).toBe(
        await renderText({}, { ...options, chart }),
      );
    });

    test.for(charts)('renders %s the same twice', async (chart) => {
      expect(await renderText({}, { helm, chart })).toBe(await renderText({}, { helm, chart }));
    });
  });

  test.for(charts)('%s renders the same objects in all versions of helm', async (chart) => {
    const texts = await Promise.all(helms.map((helm) => renderText({}, { helm, chart })));
    const [first = [], ...others] = texts.map((text) =>
      parseObjects(text).toSorted((left, right) => (nameObject(left) < nameObject(right) ? -1 : 1)),
    );
    for (const other of others) expect(other).toEqual(first);
  });

  test.for([
    ['v1.32.9', false],
    ['v1.33.0', true],
    ['v1.33.4-gke.1000', true],
    ['v1.34.2+k3s1', true],
    ['v1.36.3', true],
  ] as const)('a cluster of version %s is accepted: %s', async ([kubeVersion, accepted]) => {
    const rendering = render({}, { kubeVersion });
    if (accepted) await rendering;
    else await expect(rendering).rejects.toThrow('>=1.33.0-0');
  });
});
