/**
 * `npm run licences` writes `docs/licences.md`: what goes out with the product, and under which licence. Ends with an
 * error when one of them asks for more than a notice.
 */
import { writeFileSync } from 'node:fs';
import { isPermissive, type LicensedPackage, shippedPackages } from './licences/packages.ts';

const { functions, console: browser } = shippedPackages();
const table = (packages: readonly LicensedPackage[]) =>
  [
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`),
  ].join('\n');

const text = `# Licences of what goes out

Written by \`npm run licences\` from the lockfile. Order Loop itself is under the Apache License 2.0 (\`LICENSE\`). The packages below go out with it: those of the functions are bundled into what runs in Lambda, those of the console into what a browser is sent. Whoever passes the bundles on to others passes the notices of these packages on too; they lie in each package's folder under \`node_modules\`. What only builds and tests is not listed, since it does not go out. Packages for platforms other than Linux on x64 may be missing from an installation; their licences are those of the packages that name them.

## Functions

${table(functions)}

## Console

${table(browser)}
`;
writeFileSync(new URL('../docs/licences.md', import.meta.url), text);
console.log(
  `docs/licences.md: ${functions.length} packages in the functions, ${browser.length} in the console`,
);

const others = [...functions, ...browser].filter((each) => !isPermissive(each));
for (const { name, licence } of others)
  console.error(`${name} is under ${licence}: look at what it asks for`);
if (others.length > 0) process.exitCode = 1;
