import { createWorkflowDependencies } from '../wiring.ts';
import { waitingStep } from './step.ts';

/** Waits until every shipment is delivered. */
export const handler = waitingStep(createWorkflowDependencies(), 'delivery');
