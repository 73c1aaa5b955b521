import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['testing/run/global-setup.ts'],
    // Tests that start the whole stack wait for processes, not for clocks.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // A test that is about what is counted says so itself.
    env: { POWERTOOLS_METRICS_DISABLED: 'true' },
  },
});
