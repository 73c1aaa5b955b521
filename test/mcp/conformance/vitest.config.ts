import { defineConfig } from 'vitest/config';
import config from '../../../vitest.config.ts';

/** Checks with tools that `npm run conformance` installs first. */
export default defineConfig({ ...config, test: { ...config.test, include: ['test/mcp/**/*.check.ts'] } });
