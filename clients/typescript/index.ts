/** `order-loop/client`: the HTTP API with types, and events as subscribers receive them. */
export type * from './api.ts';
export { type ClientOptions, type OrderLoopClient, orderLoop } from './client.ts';
export {
  type BusEvent,
  type Delivery,
  isEventType,
  parseEvent,
  readBusMessage,
  readDelivery,
} from './events.ts';
export { itemsOf } from './paging.ts';
export { dataOf, OrderLoopError, type ProblemCode, type Result } from './problems.ts';
export { type ClientCredentials, clientCredentials, localToken, type TokenProvider } from './tokens.ts';
