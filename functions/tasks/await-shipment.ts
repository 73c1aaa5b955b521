import { createWorkflowTools } from '../wiring.ts';
import { waitingStep } from './step.ts';

/** Waits until nothing is left to ship. */
export const handler = waitingStep(createWorkflowTools(), 'shipment');
