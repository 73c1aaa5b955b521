import { defineConfig } from 'vitest/config';
import { NotRunReporter } from './testing/run/not-run-reporter.ts';
import { testFiles } from './testing/run/projects.ts';

/** What holds for every run. */
export const SETTINGS = {
  globalSetup: ['testing/run/global-setup.ts'],
  // Tests that start the whole stack wait for processes, not for clocks.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  maxWorkers: 2,
  // The check of a change tries a failed test once more, and says so: a crowded machine is not the change's fault.
  retry: Number(process.env.TEST_RETRIES ?? 0),
  // A test that is about what is counted says so itself.
  env: { POWERTOOLS_METRICS_DISABLED: 'true' },
};

const FILES = testFiles(import.meta.dirname);

/** `vitest run` leaves out what is long, and tries properties in fewer cases; `vitest run --mode full` runs all. */
export default defineConfig(({ mode }) => ({
  test: {
    ...SETTINGS,
    env: { ...SETTINGS.env, TEST_LENGTH: mode === 'full' ? 'full' : 'quick' },
    reporters: ['default', new NotRunReporter()],
    tags: [{ name: 'long', description: 'Takes long, and is left to `npm run test:full`.' }],
    ...(mode !== 'full' && { tagsFilter: ['!long'], experimental: { preParse: true } }),
    projects: [...FILES].map(([name, include]) => ({
      extends: true as const,
      test: { name, include: [...include], isolate: name === 'own process' },
    })),
  },
}));
