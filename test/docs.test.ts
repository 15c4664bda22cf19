// The pages that people read, held to the tree: a file that was renamed, or a fact that was renumbered, must not be cited.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const pages = globSync(['*.md', 'docs/*.md', 'charts/*/README.md']);
const sources = globSync('{agent,bench,cli,coordinator,shared,sim,test}/**/*.ts');

describe('documentation', () => {
  test.for(pages)('%s links to files that exist', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)];
    const missing = links
      .map(([, link = '']) => link)
      .filter((link) => !link.includes('://') && !existsSync(join(dirname(page), link)));
    expect(missing).toEqual([]);
  });

  test('ARCHITECTURE.md names files and folders that exist', () => {
    const text = readFileSync('ARCHITECTURE.md', 'utf8');
    const named = [...text.matchAll(/`([\w./-]+(?:\.(?:ts|mjs|proto)|\/))`/g)].map(
      ([, name = '']) => name,
    );
    expect(named.length).toBeGreaterThan(50);
    expect(
      named.filter((name) => globSync([name, `*/${name}`, `*/*/${name}`]).length === 0),
    ).toEqual([]);
  });

  test('kubernetes-facts.md has every fact that is cited', () => {
    const facts = readFileSync('docs/kubernetes-facts.md', 'utf8');
    const cited = sources.flatMap((source) =>
      [
        ...readFileSync(source, 'utf8').matchAll(/kubernetes-facts (D\d+(?:,[\s/]+D\d+)*)/g),
      ].flatMap(([, numbers = '']) => numbers.split(/[,\s/]+/)),
    );
    expect(cited).toContain('D16');
    expect([...new Set(cited)].filter((fact) => !facts.includes(`**${fact}. `))).toEqual([]);
  });
});
