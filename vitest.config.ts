import { defineConfig } from 'vitest/config';
import { NotRunReporter } from './testing/run/not-run-reporter.ts';
import { filesWithOwnProcess } from './testing/run/own-process.ts';

const ALL = 'test/**/*.test.ts';
const ownProcess = [...filesWithOwnProcess(import.meta.dirname)];

/** `vitest run` leaves out what is long, and tries properties in fewer cases; `vitest run --mode full` runs all. */
export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: ['testing/run/global-setup.ts'],
    // Tests that start the whole stack wait for processes, not for clocks.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', new NotRunReporter()],
    // A test that is about what is counted says so itself.
    env: { POWERTOOLS_METRICS_DISABLED: 'true', TEST_LENGTH: mode === 'full' ? 'full' : 'quick' },
    tags: [{ name: 'long', description: 'Takes long, and is left to `npm run test:full`.' }],
    ...(mode !== 'full' && { tagsFilter: ['!long'], experimental: { preParse: true } }),
    projects: [
      { extends: true, test: { name: 'own process', include: ownProcess } },
      {
        extends: true,
        test: { name: 'shared process', include: [ALL], exclude: ownProcess, isolate: false },
      },
    ],
  },
}));
