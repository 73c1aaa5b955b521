/**
 * `npm run sbom [-- --output FILE]` writes what goes out as a software bill of materials in CycloneDX:
 * `order-loop.cdx.json`. It is made of the lockfile with each release, and checked in nowhere. Exit code 1: a package that
 * goes out is not in the lockfile with a digest.
 */
import { writeFileSync } from 'node:fs';
import { readOptions } from '../local/options.ts';
import { shippedPackages } from './licences/packages.ts';
import { sbomOf } from './sbom/document.ts';
import { npmSbom } from './sbom/npm-sbom.ts';

const { values } = readOptions(import.meta.filename, {
  output: { type: 'string', default: 'order-loop.cdx.json' },
});
const sbom = sbomOf(npmSbom(), shippedPackages());
writeFileSync(values.output, `${JSON.stringify(sbom, null, 2)}\n`);
console.log(`${values.output}: ${sbom.components.length} packages`);
