import { stepTools, waitingStep } from './step.ts';

/** Waits until every shipment is delivered. */
export const handler = waitingStep(stepTools(), 'delivery');
