import type { IncomingMessage } from 'node:http';

const MEBIBYTE = 1024 * 1024;

/** @returns how many bytes a request to this path may carry. */
export function bodyLimit(path: string): number {
  return path === '/webhooks/edi' ? 5 * MEBIBYTE : MEBIBYTE;
}

/**
 * Reads a request's body, and stops reading as soon as it is too large.
 *
 * @returns the body, or null when it is larger than the limit
 * @throws Error when the caller breaks off
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
