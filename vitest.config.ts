// Green tests on an old Node prove nothing: vitest itself fails there at the first red one.
if (Number(process.versions.node.split('.')[0]) < 24) {
  throw new Error(`tests need Node 24, this is ${process.versions.node}: use "npm test"`);
}

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/chart/**', '**/node_modules/**'],
    testTimeout: 30_000,
  },
});
