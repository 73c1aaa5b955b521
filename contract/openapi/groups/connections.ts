import * as z from 'zod';
import { AuthorizationPage, CallbackQuery } from '../../authorizations.ts';
import { BackfillRequest, BackfillResponse } from '../../backfills.ts';
import { Connection, ConnectionDetail, ConnectionRequest, ListedConnection } from '../../connections.ts';
import { DocumentSummary } from '../../documents.ts';
import {
  HeldOrderOutcome,
  PartnerItem,
  PartnerItemRequest,
  PartnerLocation,
  PartnerLocationRequest,
  UnknownItem,
} from '../../partner-masters.ts';
import { PublishedStockResponse, StockCorrectionRequest, StockRuleRequest } from '../../published-stock.ts';
import { EmptyRequest, PageQuery } from '../../requests.ts';
import { listOf } from '../../responses.ts';
import { BODY_PROBLEMS, type Operations, read } from '../types.ts';

/** A page for people. */
const PAGE = { mediaType: 'text/html', schema: z.string() };

/** The operations on the codes of a partner. */
function masterOperations(
  path: string,
  code: string,
  [one, many]: readonly [string, string],
  words: { readonly list: string; readonly what: string },
  {
    request,
    response,
    example,
  }: Readonly<Record<'request' | 'response', z.ZodType>> & { readonly example: unknown },
): Operations {
  const at = `/v1/connections/{connectionId}/${path}`;
  return {
    [`GET ${at}`]: read(`list${many}`, words.list, listOf(response), {
      description: 'In the order of the codes.',
      query: PageQuery,
      problems: ['not_found', 'invalid_cursor'],
    }),
    [`PUT ${at}/{${code}}`]: {
      id: `save${one}`,
      summary: `Says which ${words.what} a code of the partner stands for.`,
      description:
        'Replaces what the code stood for. Documents that arrive from now on are read with it; orders that are held for the code continue with `POST /v1/connections/{connectionId}/held-orders/retry`.',
      body: request,
      example,
      answers: {
        200: { description: 'Changed.', schema: response },
        201: { description: 'Added.', schema: response },
      },
      problems: [...BODY_PROBLEMS, 'not_found'],
    },
    [`GET ${at}/{${code}}`]: read(
      `read${one}`,
      `Reads which ${words.what} a code of the partner stands for.`,
      response,
      {
        description: 'The code is compared to the letter.',
        problems: ['not_found'],
      },
    ),
    [`DELETE ${at}/{${code}}`]: {
      id: `remove${one}`,
      summary: `Removes a code of the partner for a ${words.what}.`,
      description: 'Orders of later documents that name the code are held.',
      answers: { 204: { description: 'Removed.' } },
      problems: ['not_found'],
    },
  };
}

export const CONNECTION_OPERATIONS: Operations = {
  'GET /v1/connections': read('listConnections', 'Lists connections.', listOf(ListedConnection), {
    description: 'Shops, Square accounts, trading partners and carriers. Secrets are named, never returned.',
  }),
  'PUT /v1/connections/{connectionId}': {
    id: 'saveConnection',
    summary: 'Connects a shop, a Square account, a trading partner or a carrier.',
    description:
      'Replaces the connection with this id. `kind` determines its `settings`. Secrets are in Secrets Manager; name one here when it is not the channel’s own.',
    body: ConnectionRequest,
    example: {
      kind: 'EDI',
      name: 'Harbor Markets',
      settings: {
        isaQualifier: '08',
        isaId: '6145550100',
        gsId: '6145550100',
        ourIsaQualifier: '01',
        ourIsaId: '614141000',
        ourGsId: '614141000',
      },
    },
    answers: {
      200: { description: 'Changed.', schema: Connection },
      201: { description: 'Connected.', schema: Connection },
    },
    problems: BODY_PROBLEMS,
  },
  'GET /v1/connections/{connectionId}': read('readConnection', 'Reads a connection.', ConnectionDetail, {
    description:
      'Secrets are named, never returned. `lastPoll` is there once its shop was asked which orders changed.',
    problems: ['not_found'],
  }),
  'DELETE /v1/connections/{connectionId}': {
    id: 'removeConnection',
    summary: 'Removes a connection.',
    description: 'Its orders stay as they are.',
    answers: { 204: { description: 'Removed.' } },
    problems: ['not_found'],
  },
  'POST /v1/connections/{connectionId}/authorization': {
    id: 'authorizeConnection',
    summary: 'Begins to give the loop access to a shop.',
    description:
      'For a shop at Shopify and an account at Square, with the `clientId` of an app and a secret of its own. Open `url` in a browser: the shop asks whether access is given and sends the browser back. The token goes into the secret of the connection and is never returned; one that ends is refreshed before.',
    answers: { 201: { description: 'The page of the shop.', schema: AuthorizationPage } },
    problems: ['not_found', 'not_authorizable'],
  },
  'GET /oauth/callback': {
    id: 'completeAuthorization',
    summary: 'Where the page of a shop sends the browser back to.',
    description:
      'The state, which is known to the page alone and used once, says of which connection it is. What the shop sends is proven by its signature or by the exchange of the code. Whether access was given is shown on the connection.',
    query: CallbackQuery,
    answers: {
      200: { description: 'Access was given.', ...PAGE },
      403: { description: 'Access was not given.', ...PAGE },
      410: { description: 'It was not begun here, is over or was used.', ...PAGE },
    },
  },
  'POST /v1/connections/{connectionId}/backfill': {
    id: 'startBackfill',
    summary: 'Reads earlier orders of a shop.',
    description:
      'Orders that changed since `from` are compared with the shop, those first that have been unchanged the longest. Open orders reserve what is still to ship; what has left is history and takes nothing from stock. It continues in the background; ask for its progress. The same request again continues the one that runs.',
    body: BackfillRequest,
    example: { from: '2026-01-01' },
    answers: { 202: { description: 'The progress.', schema: BackfillResponse } },
    problems: [...BODY_PROBLEMS, 'not_found', 'not_pollable', 'backfill_running'],
  },
  'GET /v1/connections/{connectionId}/backfill': read(
    'readBackfill',
    'Reads how far a backfill has come.',
    BackfillResponse,
    { description: 'Of the last one that was started.', problems: ['not_found'] },
  ),
  'GET /v1/connections/{connectionId}/unknown-items': read(
    'listUnknownItems',
    'Lists product numbers of a trading partner that hold its orders, since its list lacks them.',
    listOf(UnknownItem),
    {
      description: 'Of the two hundred newest held orders, the most wanted first.',
      problems: ['not_found'],
    },
  ),
  'POST /v1/connections/{connectionId}/held-orders/retry': {
    id: 'retryHeldOrders',
    summary: 'Continues the orders that were held for codes which the lists of the partner have by now.',
    description:
      'Lines of unknown products become lines of those that they stand for, and an order is released that is held for nothing else.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 200: { description: 'What became of each held order.', schema: listOf(HeldOrderOutcome) } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'GET /v1/connections/{connectionId}/documents': read(
    'listConnectionDocuments',
    'Lists the documents that a trading partner was sent about no order (846), newest first.',
    listOf(DocumentSummary),
    {
      description: 'They are kept for ninety days.',
      query: PageQuery,
      problems: ['not_found', 'invalid_cursor'],
    },
  ),
  'GET /v1/connections/{connectionId}/documents/{documentId}': {
    id: 'readConnectionDocument',
    summary: 'Reads a document about no order as it was sent.',
    description: 'The exact bytes, in the media type of the document.',
    answers: {
      200: { description: 'The document, in its own media type.', schema: z.string(), mediaType: '*/*' },
    },
    problems: ['not_found'],
  },
  'GET /v1/connections/{connectionId}/stock': read(
    'listPublishedStock',
    'Lists what a connection may sell of each SKU, and what its channel shows.',
    listOf(PublishedStockResponse),
    {
      description:
        'In the order of the SKUs. Empty where the settings of the connection have no `stock`. Numbers follow the leases with the next run of the schedule, every five minutes.',
      query: PageQuery,
      problems: ['not_found', 'invalid_cursor'],
    },
  ),
  'PUT /v1/connections/{connectionId}/stock/{sku}': {
    id: 'saveStockRule',
    summary: 'Says how much of one SKU a connection is leased.',
    description:
      'Replaces the rule of the SKU; what it does not say is as in the settings of the connection. An empty rule removes it.',
    body: StockRuleRequest,
    example: { minimum: 5, maximum: 50 },
    answers: { 200: { description: 'Saved.', schema: PublishedStockResponse } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'POST /v1/connections/{connectionId}/stock/{sku}/correction': {
    id: 'decideStockCorrection',
    summary: 'Decides on a number that somebody changed in the channel.',
    description: 'A second decision changes nothing.',
    body: StockCorrectionRequest,
    example: { decision: 'OVERWRITE' },
    answers: { 200: { description: 'Decided.', schema: PublishedStockResponse } },
    problems: [...BODY_PROBLEMS, 'not_found', 'insufficient_stock'],
  },
  ...masterOperations(
    'items',
    'buyerItem',
    ['PartnerItem', 'PartnerItems'],
    {
      list: 'Lists the products of a partner: its item numbers, U.P.C. and GTIN with our SKU.',
      what: 'product',
    },
    {
      request: PartnerItemRequest,
      response: PartnerItem,
      example: { sku: 'NF-TS24', unitsPerCase: 12, unit: 'CA' },
    },
  ),
  ...masterOperations(
    'locations',
    'code',
    ['PartnerLocation', 'PartnerLocations'],
    { list: 'Lists the places of a partner: its codes with name and address.', what: 'place' },
    {
      request: PartnerLocationRequest,
      response: PartnerLocation,
      example: {
        name: 'Harbor DC 12',
        address: {
          address1: '2200 Dock St',
          city: 'Tacoma',
          region: 'WA',
          postalCode: '98421',
          country: 'US',
        },
      },
    },
  ),
};
