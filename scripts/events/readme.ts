import { schemaName } from '../../contract/events/json-schema.ts';
import type { CataloguedEvent } from '../../contract/events.ts';

/** @returns the page for people who subscribe to events. */
export function readme(catalogue: readonly CataloguedEvent[]): string {
  const table = (subject: CataloguedEvent['subject']) =>
    catalogue
      .filter((event) => event.subject === subject)
      .map(
        (event) => `| [\`${event.type}\`](${schemaName(event)}.json) | ${event.version} | ${event.meaning} |`,
      )
      .join('\n');
  return `<!-- Made by npm run events. -->
# Events

Whatever happens to an order or to stock is told on the Amazon EventBridge bus \`order-loop\` (\`order-loop-<stage>\` for any stage but \`dev\`), under the source \`order-loop\`. \`detail-type\` is the name of the event, \`detail\` the event itself.

\`\`\`ts
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { OrderLoop } from 'order-loop/cdk';

orderLoop.onOrderEvent('Shipped', { types: ['OrderShipped'], channels: ['SHOPIFY'], target: new SqsQueue(queue) });
\`\`\`

\`\`\`ts
import { type EventOf, parseEvent } from 'order-loop/events';

const event = parseEvent(message.detail); // throws for what is no event of the loop
if (event.type === 'ShipmentShipped') console.log(event.orderId, event.data.trackingNumber);
\`\`\`

Other languages have the [AsyncAPI 3 document](asyncapi.json) and a JSON Schema for each event, with an example in it. Without AWS, \`GET /dev/bus?since=<eventId>\` of a loop that runs on a laptop lists what its bus has carried.

## What to count on
- **At least once.** The same event may come again, and has the same \`eventId\` then.
- **In order, told by a number.** \`sequence\` counts the events of one order, or of one lot, from 1 without gaps. EventBridge may deliver a later one first.
- **Enough to rebuild from.** Folding the events of an order gives the order.
- **Told again on request.** An operator can have a span of time, or one order, told again (\`npm run republish\`). Such an event has the same \`eventId\`, \`"replay": true\` and a \`replayId\`. A rule that wants none of them asks for \`{"detail": {"replay": [{"exists": false}]}}\`.
- **Fields are added, nothing else.** Within a version, fields may be added that may be missing; pass over what you do not know. Whatever would break a reader becomes a new version of the event. What was published lies in [published](published), and the tests compare every change with it.

## Of orders
| event | version | what it says |
| --- | --- | --- |
${table('order')}

## Of stock
| event | version | what it says |
| --- | --- | --- |
${table('lot')}
`;
}
