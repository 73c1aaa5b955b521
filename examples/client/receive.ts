/** Receives the events of a webhook subscription: `SECRET=whsec_… node examples/client/receive.ts`. */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { readDelivery } from 'order-loop/client';

const secret = process.env.SECRET ?? '';
const seen = new Set<string>();

createServer(async (request, response) => {
  try {
    const { deliveryId, event } = readDelivery(secret, await buffer(request), request.headers);
    if (!seen.has(deliveryId) && event.type === 'OrderShipped') console.log(`${event.orderId} was shipped`);
    seen.add(deliveryId);
    response.writeHead(204).end();
  } catch {
    response.writeHead(401).end();
  }
}).listen(Number(process.env.PORT ?? 4100), '127.0.0.1');
