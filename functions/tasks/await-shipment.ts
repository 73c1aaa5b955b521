import { stepTools, waitingStep } from './step.ts';

/** Waits until nothing is left to ship. */
export const handler = waitingStep(stepTools(), 'shipment');
