/** The linter and formatter, and the checker of import rules, as `runProgram` takes them. */
export const BIOME = 'tools/lint/node_modules/@biomejs/biome/bin/biome';
export const DEPENDENCY_CRUISER = 'tools/lint/node_modules/dependency-cruiser/bin/dependency-cruiser.mjs';
