import {
  type DataRequest,
  DUE_DAYS,
  type Erasure,
  ErasuresQuery,
  PersonalDataQuery,
  type PersonalRecord,
  PersonRequest,
} from '../../../contract/personal-data.ts';
import { EmptyQuery } from '../../../contract/requests.ts';
import type { AuditTrail } from '../../audit/audit.ts';
import { decodeCursor, encodeCursor } from '../../middleware/cursor.ts';
import { type HttpRequest, Problem, parameter, type RouteHandler, valid } from '../../middleware/http.ts';
import type { Ports } from '../../orders/ports.ts';
import type {
  PersonalDataStore,
  PersonalRequest,
  PersonalRequestKind,
  PersonalRequestStore,
} from '../../privacy/ports.ts';
import { requestOf } from '../../privacy/process-requests.ts';

const DAY = 86_400_000;
/** What an erasure waits for is shown up to this many of a kind. */
const MAX_SHOWN = 100;
const ERASURES = { list: 'erasures' };

interface Dependencies {
  readonly requests: PersonalRequestStore;
  readonly data: PersonalDataStore;
  readonly audit: AuditTrail;
  readonly ports: Pick<Ports, 'now' | 'newId'>;
  /** Begins with the requests that are open; what it leaves is done by the sweep. */
  readonly begin: () => Promise<void>;
}

/**
 * Erasing what is kept of a person, and giving it to the person. A request begins with its work, and ends where the table
 * is small; the sweep does the rest.
 */
export function personalDataRoutes({ requests, data, audit, ports, begin }: Dependencies) {
  const { now, newId } = ports;
  const add = async (kind: PersonalRequestKind, { body, query, origin }: HttpRequest) => {
    valid(EmptyQuery, query);
    const person = valid(PersonRequest, body);
    const request = requestOf(kind, person, { requestId: newId(), requestedAt: now(), origin });
    await requests.add(request);
    await begin();
    return (await requests.find(request.requestId)) ?? request;
  };
  const known = async (kind: PersonalRequestKind, request: HttpRequest, name: string) => {
    const requestId = parameter(request, name);
    const found = /^[0-9A-Z]{26}$/.test(requestId) ? await requests.find(requestId) : null;
    if (found?.kind === kind) return found;
    throw new Problem(
      'not_found',
      `there is no ${kind === 'ERASURE' ? 'erasure' : 'data request'} of this id`,
    );
  };
  const waitingFor = async (requestId: string, store: 'orders' | 'messages' | 'approvals') => {
    const { items } = await requests.findings(requestId, {
      ...{ store, isWaiting: true, limit: MAX_SHOWN, after: null },
    });
    return items.map(({ place }) => place);
  };
  const erasureOf = async (request: PersonalRequest): Promise<Erasure> => {
    const { requestId, counts, state } = request;
    const isWaiting = state === 'RUNNING';
    const [orderIds = [], messages = [], approvals = []] = isWaiting
      ? await Promise.all(
          (['orders', 'messages', 'approvals'] as const).map((store) => waitingFor(requestId, store)),
        )
      : [];
    return {
      ...{ erasureId: requestId, ...progressOf(request), dueBy: later(request.requestedAt), erased: counts },
      waitingFor: {
        orderIds,
        messageIds: messages.map((place) => data.messageIdAt(place)),
        approvalIds: approvals.map((place) => data.approvalIdAt(place)),
      },
    };
  };
  return {
    'POST /v1/erasures': async (request) => {
      const erasure = await erasureOf(await add('ERASURE', request));
      return { status: 202, headers: { location: `/v1/erasures/${erasure.erasureId}` }, body: erasure };
    },
    'GET /v1/erasures': async ({ query }) => {
      const { limit, cursor } = valid(ErasuresQuery, query);
      const { items, next } = await requests.erasures(limit, await decodeCursor(cursor, ERASURES));
      const nextCursor = next === null ? {} : { nextCursor: await encodeCursor(next, ERASURES) };
      return { status: 200, body: { items: await Promise.all(items.map(erasureOf)), ...nextCursor } };
    },
    'GET /v1/erasures/{erasureId}': async (request) => {
      valid(EmptyQuery, request.query);
      return { status: 200, body: await erasureOf(await known('ERASURE', request, 'erasureId')) };
    },
    'POST /v1/data-requests': async (request) => {
      const body = dataRequestOf(await add('ACCESS', request));
      return { status: 202, headers: { location: `/v1/data-requests/${body.dataRequestId}` }, body };
    },
    'GET /v1/data-requests/{dataRequestId}': async (request) => {
      valid(EmptyQuery, request.query);
      return { status: 200, body: dataRequestOf(await known('ACCESS', request, 'dataRequestId')) };
    },
    'GET /v1/data-requests/{dataRequestId}/data': async (request) => {
      const { limit, cursor } = valid(PersonalDataQuery, request.query);
      const { requestId, state, ambiguous } = await known('ACCESS', request, 'dataRequestId');
      const place = { data: requestId };
      const after = await decodeCursor(cursor, place);
      if (state !== 'DONE')
        throw new Problem('data_not_ready', 'it is still being gathered; ask again later');
      // Of whom it is, nobody knows.
      if (ambiguous !== undefined) return { status: 200, body: { items: [] } };
      if (after === null) {
        await audit.record({ action: 'data.read', subject: requestId, origin: request.origin });
      }
      const { items, next } = await requests.findings(requestId, { limit, after });
      const read = await Promise.all(
        items.map(async (finding): Promise<readonly PersonalRecord[]> => {
          const contents = await data.read(finding);
          return contents.map((content) => ({ store: finding.store, content }));
        }),
      );
      const nextCursor = next === null ? {} : { nextCursor: await encodeCursor(next, place) };
      return { status: 200, body: { items: read.flat(), ...nextCursor } };
    },
  } satisfies Readonly<Record<string, RouteHandler>>;
}

function progressOf({ state, requestedAt, origin, finishedAt, found, ambiguous }: PersonalRequest) {
  return {
    ...{ state, requestedAt, requestedBy: origin.actor.id, finishedAt, orders: found },
    ...(ambiguous !== undefined && { ambiguous: [...ambiguous] }),
  };
}

function dataRequestOf(request: PersonalRequest): DataRequest {
  // One that is not found any more has ended.
  const { requestId, requestedAt, endsAt = requestedAt } = request;
  return { dataRequestId: requestId, ...progressOf(request), expiresAt: endsAt };
}

function later(requestedAt: string): string {
  return new Date(Date.parse(requestedAt) + DUE_DAYS * DAY).toISOString();
}
