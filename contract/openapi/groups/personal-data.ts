import {
  DataRequest,
  Erasure,
  ErasuresQuery,
  PersonalDataQuery,
  PersonalRecord,
  PersonRequest,
} from '../../personal-data.ts';
import { listOf } from '../../responses.ts';
import { BODY_PROBLEMS, type Operations, read } from '../types.ts';

const example = { email: 'ada@example.com' };

/** What is kept of persons. */
export const PERSONAL_DATA_OPERATIONS: Operations = {
  'POST /v1/erasures': {
    id: 'eraseCustomer',
    summary: 'Erases the personal data of a customer.',
    description:
      'Names, addresses, notes and what else says something of a person leave orders, their history, documents, messages, invoices and everything else that is kept, in the background. Numbers, goods, dates and amounts stay, and histories still verify. An order that is not closed or cancelled is waited for. Orders that come after the request are not concerned. Sent twice it makes two erasures, of which the second finds nothing.',
    body: PersonRequest,
    example,
    answers: { 202: { description: 'The progress.', schema: Erasure } },
    problems: [...BODY_PROBLEMS, 'busy'],
  },
  'GET /v1/erasures': read('listErasures', 'Lists erasures, newest first.', listOf(Erasure), {
    query: ErasuresQuery,
    problems: ['invalid_cursor'],
  }),
  'GET /v1/erasures/{erasureId}': read('readErasure', 'Reads how far an erasure has come.', Erasure, {
    problems: ['not_found'],
  }),
  'POST /v1/data-requests': {
    id: 'requestCustomerData',
    summary: 'Gathers all that is kept of a customer.',
    description: 'In the background; read it when it is done. The audit trail has who asked and who read.',
    body: PersonRequest,
    example,
    answers: { 202: { description: 'The progress.', schema: DataRequest } },
    problems: [...BODY_PROBLEMS, 'busy'],
  },
  'GET /v1/data-requests/{dataRequestId}': read(
    'readDataRequest',
    'Reads whether the data of a customer is gathered.',
    DataRequest,
    { problems: ['not_found'] },
  ),
  'GET /v1/data-requests/{dataRequestId}/data': read(
    'readCustomerData',
    'Reads all that is kept of a customer.',
    listOf(PersonalRecord),
    {
      query: PersonalDataQuery,
      problems: ['not_found', 'invalid_cursor', 'data_not_ready', 'busy'],
      description: 'As it is now: what was erased since it was gathered is left out.',
    },
  ),
};
