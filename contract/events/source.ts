/** `source` of every event that the loop puts on the bus. */
export const EVENT_SOURCE = 'order-loop';

/** `source` of the events of test orders: who subscribes to the loop's events does not get them. */
export const TEST_EVENT_SOURCE = 'order-loop.test';
