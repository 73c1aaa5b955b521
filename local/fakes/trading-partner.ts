import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { hexSignature } from '../../functions/adapters/hex-signature.ts';
import { readInterchanges, validateInterchange } from '../../functions/channels/edi/x12/index.ts';
import { sendJson, sendProblem } from '../gateway/answer.ts';
import { readBody } from '../gateway/body.ts';

const PATH = /^\/dev\/partners\/([A-Za-z0-9._-]{1,100})$/;
const MAX_KEPT = 200;
/** What a partner takes from us, by the group's code (GS01). */
const TAKEN = ['PR', 'CA', 'SH', 'IN', 'OW', 'FA'];

/** What a fake received. */
interface ReceivedDocument {
  readonly receivedAt: string;
  readonly isSigned: boolean;
  /** The kinds of its transaction sets, for example `855`. */
  readonly sets: readonly string[];
  readonly controlNumbers: readonly string[];
  /** What the partner would object to. */
  readonly objections: readonly string[];
  readonly content: string;
}

const Behaviour = z.strictObject({ status: z.int().min(200).max(599) });

/**
 * Trading partners on this machine, under `/dev/partners/{connectionId}`: POST receives a document as a partner does
 * and judges it, GET shows what came, PUT `{"status": 503}` makes the partner unreachable, and `{"status": 200}` well
 * again.
 *
 * @param secret what both sides sign with
 */
export function tradingPartners(secret: string) {
  const received = new Map<string, ReceivedDocument[]>();
  const statuses = new Map<string, number>();
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const partner = PATH.exec(path)?.[1];
    if (partner === undefined) return false;
    if (request.method === 'GET') {
      sendJson(response, 200, { items: received.get(partner) ?? [] });
      return true;
    }
    const body = await readBody(request, 5 * 1024 * 1024);
    if (body === null) {
      sendProblem(response, 'payload_too_large', 'an interchange may have 5 MiB', path);
      return true;
    }
    if (request.method === 'PUT') {
      const behaviour = Behaviour.safeParse(parsedJson(body.toString('utf8')));
      if (!behaviour.success) sendProblem(response, 'validation_failed', 'send {"status": 503}', path);
      else {
        statuses.set(partner, behaviour.data.status);
        sendJson(response, 200, behaviour.data);
      }
      return true;
    }
    const status = statuses.get(partner) ?? 200;
    if (status < 300) {
      const isSigned = request.headers['x-edi-signature'] === hexSignature(body.toString('utf8'), secret);
      const kept = received.get(partner) ?? [];
      received.set(partner, [...kept, judged(body, isSigned)].slice(-MAX_KEPT));
    }
    sendJson(response, status, { status });
    return true;
  };
}

function judged(body: Buffer, isSigned: boolean): ReceivedDocument {
  const read = readInterchanges(body);
  const whole = read.flatMap((each) => (each.kind === 'interchange' ? [each] : []));
  const reports = whole.map((each) => validateInterchange(each, { functionalIds: TAKEN }));
  const sets = reports.flatMap(({ groups }) => groups.flatMap((group) => group.sets));
  return {
    receivedAt: new Date().toISOString(),
    isSigned,
    sets: sets.map(({ set }) => set.id),
    controlNumbers: whole.map(({ header }) => header.controlNumber),
    objections: [
      ...(whole.length < read.length ? ['unreadable'] : []),
      ...reports.filter(({ verdict }) => verdict !== 'A').map(({ noteCode }) => `interchange: ${noteCode}`),
      ...sets.flatMap(({ set, verdict, segmentErrors }) =>
        verdict === 'A' ? [] : [`${set.id}: ${JSON.stringify(segmentErrors)}`],
      ),
    ],
    content: body.toString('utf8'),
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
