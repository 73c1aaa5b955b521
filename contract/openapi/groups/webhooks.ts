import * as z from 'zod';
import type { WebhookDescriptor } from '../../../functions/channels/descriptor.ts';
import { WEBHOOKS } from '../../webhooks.ts';
import type { Operation, Operations } from '../types.ts';

const repeat = z.object({ status: z.literal('repeat') });

/** What a shop is answered of the order that its message is about. */
const SHOP_ANSWER = { orderId: z.string().nullable(), detail: z.string() };

/** Messages of channels and carriers, authenticated by their signature. */
export const WEBHOOK_OPERATIONS: Operations = Object.fromEntries(
  WEBHOOKS.map((webhook) => [`POST /webhooks/${webhook.path}`, operationOf(webhook)]),
);

function operationOf({ signatureHeader, operation }: WebhookDescriptor): Operation {
  const { processed = SHOP_ANSWER, ...described } = operation;
  return { ...described, signature: signatureHeader, answers: answersOf(operation.mediaType, processed) };
}

function answersOf(mediaType: string | undefined, processed: z.ZodRawShape): Operation['answers'] {
  if (mediaType !== undefined) {
    const description = 'Acknowledgments, which say what was accepted.';
    return { 200: { description, schema: z.string(), mediaType } };
  }
  return {
    200: {
      description: 'Processed, or a repeat.',
      schema: z.union([z.object({ status: z.literal('ok'), ...processed }), repeat]),
    },
    202: {
      description: 'Authenticated, but cannot be processed: quarantined for an operator.',
      schema: z.object({ status: z.literal('kept aside'), reason: z.string() }),
    },
  };
}
