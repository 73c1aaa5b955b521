import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openApiDocument } from '../../contract/openapi/document.ts';

/** The generated types of the client. */
export const TYPES = join(import.meta.dirname, '..', '..', 'clients', 'typescript', 'api.ts');

/** Tells the OpenAPI document that the types were generated from; the types begin with it. */
export function apiDigest(): string {
  return createHash('sha256').update(JSON.stringify(openApiDocument())).digest('hex').slice(0, 16);
}
