import * as z from 'zod';
import { Health } from '../../responses.ts';
import { type AnswerDescription, type Operations, read } from '../types.ts';

const page = (description: string): AnswerDescription => ({
  description,
  schema: z.string(),
  mediaType: 'text/html',
});

/** Routes without an access token. */
export const SERVICE_OPERATIONS: Operations = {
  'GET /portal/{token}': {
    id: 'showStatusPage',
    summary: 'The status page for the customer.',
    answers: {
      200: page('The page.'),
      404: page('The link is not valid.'),
      410: page('The link has expired.'),
    },
  },
  'GET /healthz': read('readHealth', 'Health check.', Health),
  'GET /openapi.json': read('readDescription', 'This document.', z.looseObject({ openapi: z.string() })),
  'GET /docs': {
    id: 'showDescription',
    summary: 'This document, for people.',
    answers: { 200: page('The page.') },
  },
  'GET /llms.txt': {
    id: 'readGuide',
    summary: 'A guide to the API for language models.',
    answers: { 200: { description: 'The guide.', schema: z.string(), mediaType: 'text/markdown' } },
  },
};
