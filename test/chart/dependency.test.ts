// The charts as dependencies of a chart of the user's, which is how many a GitOps repository installs others' charts.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { chartPath, nameObject, render } from './helm.ts';

function makeParent(chart: string): string {
  const parent = mkdtempSync(join(tmpdir(), 'forehold-parent-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  mkdirSync(join(parent, 'charts'));
  cpSync(chartPath(chart), join(parent, 'charts', chart), { recursive: true, dereference: true });
  const dependency = { name: chart, version: '0.1.0', condition: `${chart}.enabled` };
  const own = { apiVersion: 'v2', name: 'platform', version: '1.0.0', dependencies: [dependency] };
  writeFileSync(join(parent, 'Chart.yaml'), stringify(own));
  return parent;
}

describe.for(['forehold', 'forehold-crds'] as const)('%s as a dependency', (chart) => {
  test('makes what it makes alone', async () => {
    const objects = await render({ [chart]: { enabled: true } }, { chart: makeParent(chart) });
    const alone = await render({}, { chart });
    expect(objects.map(nameObject).toSorted()).toEqual(alone.map(nameObject).toSorted());
  });

  test('makes nothing when its condition says so', async () => {
    const parent = makeParent(chart);
    expect(await render({ [chart]: { enabled: false } }, { chart: parent })).toEqual([]);
  });
});
