// The end-to-end suite: one file after the other, because all of them share one cluster. Started by `npm run e2e`
// (test/e2e/main.ts), which skips it where there is no cluster.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    fileParallelism: false,
    // Every wait inside has a deadline of its own with a better message; these are the last resort. A hook may bake.
    testTimeout: 600_000,
    hookTimeout: 900_000,
  },
});
