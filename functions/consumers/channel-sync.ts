import { connectionStore } from '../adapters/dynamodb/connection-store.ts';
import { controlNumbers } from '../adapters/dynamodb/control-numbers.ts';
import { deliveryStore } from '../adapters/dynamodb/deliveries.ts';
import { documentStore } from '../adapters/dynamodb/document-store.ts';
import { hexSignature, post } from '../adapters/post-signed.ts';
import { queueDelayer } from '../adapters/queue.ts';
import { secretReader } from '../adapters/secrets.ts';
import { partnerTeller } from '../application/channel-sync/edi/tell-partner.ts';
import { tellChannel } from '../application/channel-sync/tell-channel.ts';
import { createLogger, createPorts, createTable, environment, optional, pause } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: false });
const connections = connectionStore(table);
const readPartnerSecret = secretReader(environment('EDI_SECRET_ID'));
const allowPrivate = optional('ALLOW_PRIVATE_ADDRESSES') === 'true';

const tell = tellChannel(ports.orders, {
  EDI: partnerTeller({
    ports,
    deliveries: deliveryStore(table),
    numbers: controlNumbers(table, pause),
    documents: documentStore(table),
    async findPartner(source) {
      const found = await connections.find('EDI', source);
      return found?.kind === 'EDI' ? found : null;
    },
    async deliver(partner, url, body) {
      const { current } = await readPartnerSecret();
      const headers = {
        'content-type': 'application/edi-x12',
        'x-edi-signature': hexSignature(body, current),
      };
      const { status } = await post({ url, body, headers }, { allowPrivate });
      if (status < 200 || status > 299) throw new Error(`${partner.connectionId} answered ${status}`);
    },
  }),
});

/** Tells the channels what became of their orders; a channel that cannot be reached is told later, ever more slowly. */
export const handler = forEachEvent(
  createLogger(),
  async (event) => {
    await tell(event);
    return false;
  },
  { delay: queueDelayer(environment('QUEUE_URL')) },
);
