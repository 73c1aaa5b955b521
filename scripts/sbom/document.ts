/** A package as CycloneDX lists it; what else npm says of it stays as it is. */
interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly properties?: readonly unknown[];
}

/** A software bill of materials (CycloneDX 1.5, ECMA-424), as far as it is read here. */
export interface Sbom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Readonly<Record<string, unknown>> };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** A package that goes out. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** As the lockfile has it. */
  readonly integrity?: string;
}

/**
 * Makes the bill of what goes out from npm's bill of everything in the lockfile: packages that only build and test are
 * left out, those of functions and of the console are marked, and nothing says on which machine or from which registry it
 * was made.
 *
 * @throws Error that names each package that goes out and is not listed once with a digest of its content
 */
export function sbomOf(
  everything: Sbom,
  shipped: Readonly<Record<'functions' | 'console', readonly ShippedPackage[]>>,
): Sbom {
  const targets = Object.entries(shipped).map(([target, packages]) => ({
    target,
    ids: new Set(packages.map(idOf)),
  }));
  // One that is also bundled in a package that only builds has no digest in npm's bill.
  const digests = new Map(
    [...shipped.functions, ...shipped.console].flatMap((each) => {
      const [, digest] = /^sha512-(.+)$/.exec(each.integrity ?? '') ?? [];
      return digest === undefined ? [] : [[idOf(each), Buffer.from(digest, 'base64').toString('hex')]];
    }),
  );
  const components = everything.components.flatMap(({ properties: _, ...component }) => {
    const content = digests.get(idOf(component));
    const goesTo = targets.filter(({ ids }) => ids.has(idOf(component)));
    if (goesTo.length === 0 || content === undefined) return [];
    const properties = goesTo.map(({ target }) => ({ name: 'order-loop:target', value: target }));
    const hashes = [{ alg: 'SHA-512', content }];
    return [{ ...component, scope: 'required', externalReferences: [], hashes, properties }];
  });
  const listed = components.map(idOf);
  const missing = targets.flatMap(({ ids }) => [...ids].filter((id) => !listed.includes(id)));
  if (missing.length > 0) throw new Error(`without a digest in the lockfile: ${missing.join(', ')}`);

  const repeated = new Set(listed.filter((id, index) => listed.indexOf(id) !== index));
  if (repeated.size > 0) throw new Error(`listed more than once: ${[...repeated].join(', ')}`);

  const { component } = everything.metadata;
  const kept = new Set([component['bom-ref'], ...components.map((each) => each['bom-ref'])]);
  return {
    ...everything,
    metadata: {
      ...everything.metadata,
      component: { ...component, type: 'application', name: 'order-loop' },
    },
    components,
    dependencies: everything.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) })),
  };
}

function idOf({ name, version }: ShippedPackage): string {
  return `${name}@${version}`;
}
