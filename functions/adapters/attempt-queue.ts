import * as z from 'zod';
import type { DueAttempt, Schedule } from '../events/subscriptions/subscriptions.ts';
import { queueSender } from './queue.ts';

const Due = z.object({
  subscriptionId: z.string(),
  deliveryId: z.string(),
  tries: z.int().min(0),
  notBefore: z.number(),
});

/** Puts attempts into their queue, each hidden until it is due, or as long as a queue can hide it. */
export function attemptQueue(queueUrl: string): Schedule {
  const send = queueSender(queueUrl);
  return (due) => send(JSON.stringify(due), due.notBefore - Date.now());
}

/** @throws Error for a message that is no try */
export function readAttempt(body: string): DueAttempt {
  return Due.parse(JSON.parse(body));
}
