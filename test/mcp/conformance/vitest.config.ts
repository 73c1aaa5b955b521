import { defineConfig } from 'vitest/config';
import { SETTINGS } from '../../../vitest.config.ts';

/** Checks with tools that `npm run conformance` installs first. */
export default defineConfig({ test: { ...SETTINGS, include: ['test/mcp/**/*.check.ts'] } });
