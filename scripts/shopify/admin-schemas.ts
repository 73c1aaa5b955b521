import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from 'graphql';
import { runNpm } from '../tools/npm.ts';
import { CommandFailed, run } from '../tools/run.ts';

/** Shopify's own package that holds the schema of each version of the Admin API; it is fetched, and not installed. */
const PACKAGE = '@shopify/dev-mcp@1.16.0';
const INTEGRITY =
  'sha512-tqgRnK7sQhjew+htxtleTH23nXB5fZcsrhWgEkomsorGXvLOB2mh2upwZm8uzuTDNTZnqtLMe64yIwh6s2awtw==';
const FOLDER = resolve(import.meta.dirname, '../../node_modules/.cache/order-loop/shopify-schemas');
const FILES = 'package/dist/data/admin_20*.json.gz';

export interface AdminSchema {
  readonly schema: GraphQLSchema;
  /** The access scopes of which a type, or a field, needs one. */
  readonly access: readonly {
    readonly typeName: string;
    /** Undefined where the type itself needs it. */
    readonly fieldName?: string;
    readonly offlineScopes: readonly string[];
  }[];
}

interface Published {
  readonly data: IntrospectionQuery;
  readonly offline_scopes: { readonly items: AdminSchema['access'] };
}

/**
 * @returns the schema of the Admin API by its version, such as `2026-10`; null where no registry is reached
 */
export async function adminSchemas(): Promise<ReadonlyMap<string, AdminSchema> | null> {
  if (globSync(FILES, { cwd: FOLDER }).length === 0 && !(await fetchPackage())) return null;
  return new Map(
    globSync(FILES, { cwd: FOLDER })
      .sort()
      .map((file) => {
        const published: Published = JSON.parse(gunzipSync(readFileSync(join(FOLDER, file))).toString());
        const schema = buildClientSchema(published.data, { assumeValid: true });
        const version = /admin_(.+)\.json/.exec(file)?.[1] ?? '';
        return [version, { schema, access: published.offline_scopes.items }];
      }),
  );
}

/** @returns whether the registry was reached */
async function fetchPackage(): Promise<boolean> {
  mkdirSync(FOLDER, { recursive: true });
  try {
    await runNpm(['pack', PACKAGE, '--ignore-scripts'], { seconds: 120, folder: FOLDER });
  } catch (error) {
    if (error instanceof CommandFailed) return false;
    throw error;
  }
  const archive = join(FOLDER, 'shopify-dev-mcp-1.16.0.tgz');
  if (!existsSync(archive)) throw new Error(`npm pack made no ${basename(archive)}`);
  const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (`sha512-${digest}` !== INTEGRITY) throw new Error(`${basename(archive)} is not what was reviewed`);
  await run('tar', ['-xzf', archive, 'package/dist/data'], { seconds: 60, folder: FOLDER });
  return true;
}
