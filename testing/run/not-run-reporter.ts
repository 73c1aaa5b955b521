import type { Reporter, TestCase, Vitest } from 'vitest/node';

/** Says at the end of a run what did not run, and why, and what passed at the second try only. */
export class NotRunReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(): void {
    const files = new Map<string, Set<string>>();
    // The state also knows the files that were left out as a whole.
    for (const module of this.#vitest?.state.getTestModules() ?? []) {
      for (const test of module.children.allTests('passed'))
        if (test.diagnostic()?.flaky)
          this.#vitest?.logger.log(`     Unsteady ${test.fullName} (${module.relativeModuleId})`);
      for (const test of module.children.allTests('skipped')) {
        const reason = reasonOf(test);
        files.set(reason, (files.get(reason) ?? new Set()).add(module.moduleId));
      }
    }
    for (const [reason, { size }] of files)
      this.#vitest?.logger.log(`     Not run  tests of ${size} ${size === 1 ? 'file' : 'files'}: ${reason}`);
  }
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  return test.tags.includes('long')
    ? 'long, left to npm run test:full'
    : `skipped in ${test.module.relativeModuleId}`;
}
