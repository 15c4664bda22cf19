// The charts' tests (`npm run test:chart`): apart from `npm test`, because they need helm, and some of them kubeconform, Go
// or a cluster; each says so where that is missing.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/chart/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
