import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readLeaves } from './values.ts';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const pages = ['docs/install.md', 'docs/security.md', 'README.md'] as const;
const charts = ['forehold', 'forehold-crds'] as const;
const leaves = charts.flatMap((chart) => readLeaves(chart).map(({ path }) => path));
const roots = [...new Set(leaves.map((path) => path.split('.')[0]))];
const valuePattern = new RegExp(`(?<![\\w./-])(?:${roots.join('|')})\\.[\\w.]*\\w`, 'g');

describe('documentation', () => {
  test.for(pages)('%s speaks of values that exist', (page) => {
    const text = read(page).replaceAll(/^ {4}.*$/gm, (line) =>
      line.includes('--set ') ? line : '',
    );
    const named = [...text.matchAll(valuePattern)].map(([name]) => name);
    const files = /\.(ya?ml|ts|md|json|crt|key|dev)$/;
    const unknown = named
      .filter((name) => !files.test(name))
      .filter((name) => !leaves.some((leaf) => leaf === name || leaf.startsWith(`${name}.`)));
    expect(unknown).toEqual([]);
  });

  test('install.md names the values that protect something', () => {
    const text = `${read('docs/install.md')}${read('docs/security.md')}`;
    for (const path of leaves.filter((leaf) => leaf.endsWith('.enabled')))
      if (!path.startsWith('coordinator') && !path.startsWith('uninstallHook'))
        expect(text).toContain(path);
  });
});

function read(page: string): string {
  return readFileSync(resolve(root, page), 'utf8');
}
