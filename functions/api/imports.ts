import { type CsvError, parse } from 'csv-parse/sync';
import { IMPORT_COLUMNS, type ImportColumn, MAX_ROWS, REQUIRED_COLUMNS } from '../../contract/imports.ts';
import { EmptyQuery } from '../../contract/requests.ts';
import { importOrders, type Row } from '../channels/csv/inbound/import-orders.ts';
import { type HttpRequest, Problem, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';

const ports = createPorts(createTable(), { receivesOrders: true });

/** POST /v1/imports: orders from a file. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: false,
  routes: {
    'POST /v1/imports': async (request) => {
      valid(EmptyQuery, request.query);
      if (!/^text\/csv\b/i.test(request.headers['content-type'] ?? '')) {
        throw new Problem('unsupported_media_type', 'send the file as text/csv');
      }
      const report = await importOrders(ports, rowsOf(request), request.origin, request.deadline);
      return { status: 200, body: report };
    },
  },
});

/** @throws Problem `validation_failed` when the file is no table with the columns that it needs */
function rowsOf({ rawBody }: HttpRequest): readonly Row[] {
  const table = parsed(rawBody);
  const [header = [], ...rows] = table;
  const unknown = header.filter((name) => !Object.hasOwn(IMPORT_COLUMNS, name));
  const missing = REQUIRED_COLUMNS.filter((name) => !header.includes(name));
  const twice = header.filter((name, index) => header.indexOf(name) !== index);
  const errors = [
    ...unknown.map((name) => ({ path: name.slice(0, 100), message: 'no column of this name' })),
    ...missing.map((name) => ({ path: name, message: 'this column is missing' })),
    ...twice.map((name) => ({ path: name.slice(0, 100), message: 'this column is there twice' })),
  ];
  if (errors.length > 0) throw invalid(errors[0]?.message ?? '', errors.slice(0, 100));
  if (rows.length > MAX_ROWS)
    throw invalid(`at most ${MAX_ROWS} rows`, [{ path: '', message: `at most ${MAX_ROWS} rows` }]);
  return rows.map((cells) =>
    Object.fromEntries(cells.map((cell, index) => [header[index] as ImportColumn, cell])),
  );
}

function parsed(body: Buffer): string[][] {
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(body), {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      to: MAX_ROWS + 2,
    });
  } catch (error) {
    const { lines } = error as CsvError & { lines?: number };
    const message =
      lines === undefined ? 'the file is no CSV in UTF-8' : `line ${lines} is no line of a CSV table`;
    throw invalid(message, [{ path: '', message }]);
  }
}

function invalid(detail: string, errors: readonly { path: string; message: string }[]): Problem {
  return new Problem('validation_failed', detail, { errors: [...errors] });
}
