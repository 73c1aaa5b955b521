import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { readBody } from '../gateway/body.ts';
import type { RequestListener } from '../gateway/server.ts';

const BODY_LIMIT = 16 * 1024 * 1024;

/**
 * S3, as much of it as checkpoints need: objects of a bucket are files of a folder, which are written once.
 *
 * @param folder where the objects lie
 * @param others answers what is not a request to S3
 */
export function bucketEndpoint(folder: string, others: RequestListener): RequestListener {
  return async (request, response) => {
    const { method = '', headers } = request;
    if (headers['x-amz-target'] !== undefined || (method !== 'PUT' && method !== 'GET')) {
      return others(request, response);
    }
    const [, , ...key] = new URL(request.url ?? '/', 'http://s3.localhost').pathname.split('/');
    const file = join(folder, ...key.map(decodeURIComponent));
    const answer = (status: number, body: string | Buffer = '') => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(body);
    };
    if (relative(folder, file).split(sep).includes('..')) return answer(400, error('InvalidArgument'));
    if (method === 'GET') {
      const text = contentOf(file);
      return text === null ? answer(404, error('NoSuchKey')) : answer(200, text);
    }
    const body = await readBody(request, BODY_LIMIT);
    if (body === null) return answer(400, error('EntityTooLarge'));
    if (contentOf(file) !== null) return answer(412, error('PreconditionFailed'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    return answer(200);
  };
}

function contentOf(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
}

function error(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}
