// NOTES.txt as helm prints it. `helm template` does not show it and `helm install --dry-run` wants a cluster: so a copy of
// the chart carries it as the value of an object.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartPath, pick, render, type Values } from './helm.ts';
import { isFields } from './paths.ts';

const carrier = `kind: ConfigMap
apiVersion: v1
metadata: {name: notes}
data: {text: {{ include (print .Template.BasePath "/NOTES.txt") . | toJson }} }
`;

export async function renderNotes(values: Values = {}, namespace?: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'forehold-notes-'));
  try {
    const chart = join(folder, 'forehold');
    cpSync(chartPath('forehold'), chart, { recursive: true });
    writeFileSync(join(chart, 'templates/notes.yaml'), carrier);
    const options = namespace === undefined ? { chart } : { chart, namespace };
    const notes: unknown = pick(await render(values, options), 'ConfigMap notes');
    const data = isFields(notes) && isFields(notes['data']) ? notes['data'] : {};
    return String(data['text']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
