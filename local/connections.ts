import type { Connection, ConnectionRequest } from '../contract/connections.ts';
import { SAMPLE_SHOP } from './banner.ts';
import { FAKES } from './fakes/fakes.ts';

/** The fake of the connection's kind, wherever it listens. */
const FAKE = `http://127.0.0.1${FAKES}`;

/** What we are called in X12 envelopes and on labels. */
const OUR_IDS = {
  ourIsaQualifier: '01',
  ourIsaId: '614141000',
  ourGsId: '614141000',
  gs1CompanyPrefix: '0614141',
} as const;

/** The shops, accounts and partners whose sample messages come with the project, by their connection ids. */
export const LOCAL_CONNECTIONS: Readonly<Record<string, ConnectionRequest>> = {
  'northfield-shop': {
    kind: 'SHOPIFY',
    name: 'Northfield',
    settings: { shop: SAMPLE_SHOP, apiBaseUrl: FAKE },
  },
  'northfield-square': {
    kind: 'SQUARE',
    name: 'Northfield',
    settings: { merchantId: 'MLTESTMERCHANT1', apiBaseUrl: FAKE },
  },
  'northfield-woocommerce': {
    kind: 'WOOCOMMERCE',
    name: 'Northfield',
    settings: { store: 'https://northfield.example', apiBaseUrl: FAKE },
  },
  'harbor-markets': {
    kind: 'EDI',
    name: 'Harbor Markets',
    settings: {
      isaQualifier: '08',
      isaId: '6145550100',
      gsId: '6145550100',
      ...OUR_IDS,
      acceptErrors: false,
      acknowledgment: '997',
      creditNotes: 'NEGATIVE',
    },
  },
  'summit-grocery': {
    kind: 'EDI',
    name: 'Summit Grocery Co-op',
    settings: {
      isaQualifier: 'ZZ',
      isaId: 'SUMMITGROCERY',
      gsId: 'SUMMITGRO',
      ...OUR_IDS,
      acceptErrors: false,
      acknowledgment: '997',
      x12Version: '005010',
    },
  },
  'pacific-dropship': {
    kind: 'EDI',
    name: 'Pacific Drop Ship',
    settings: {
      isaQualifier: '12',
      isaId: '2065550133',
      gsId: '2065550133',
      ...OUR_IDS,
      acceptErrors: false,
      acknowledgment: '997',
    },
  },
  'parcel-carrier': { kind: 'CARRIER', name: 'Parcel carrier', settings: {} },
};

/** Where the fakes of trading partners take documents in, each under its connection's id. */
const PARTNERS = '/dev/partners/';

/**
 * Connects the local stack to them, over its own API as an operator would. Shops are played by the fakes of this
 * start.
 *
 * @param token an access token with the scope operations/admin
 * @throws Error when one is refused
 */
export async function connectPartners(url: string, token: string): Promise<void> {
  for (const [connectionId, connection] of Object.entries(LOCAL_CONNECTIONS)) {
    const { kind } = connection;
    const deliverTo = `${url}${PARTNERS}${connectionId}`;
    const connected =
      kind === 'EDI' ? { ...connection, settings: { ...connection.settings, deliverTo } } : connection;
    await save(url, token, connectionId, aimed(connected, connectionId, url));
  }
}

/**
 * Leads connections to fakes of an earlier start, which may have listened on another port, to those of this one.
 * Connections that an operator led elsewhere stay as they are.
 *
 * @param token an access token with the scope operations/admin
 */
export async function reconnectFakes(url: string, token: string): Promise<void> {
  const response = await fetch(`${url}/v1/connections`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`the connections cannot be listed: ${response.status}`);
  const { items } = (await response.json()) as { items: readonly Connection[] };
  for (const { connectionId, updatedAt: _, ...connection } of items) {
    const now = aimed(connection, connectionId, url);
    if (now !== connection) await save(url, token, connectionId, now);
  }
}

function aimed(connection: ConnectionRequest, connectionId: string, url: string): ConnectionRequest {
  if (connection.kind === 'EDI') {
    const { deliverTo } = connection.settings;
    const here = `${url}${PARTNERS}${connectionId}`;
    if (deliverTo === undefined || deliverTo === here || !deliverTo.endsWith(PARTNERS + connectionId)) {
      return connection;
    }
    return { ...connection, settings: { ...connection.settings, deliverTo: here } };
  }
  if (!('apiBaseUrl' in connection.settings)) return connection;
  const { apiBaseUrl } = connection.settings;
  const here = `${url}${FAKES}/${connection.kind.toLowerCase()}`;
  if (apiBaseUrl === undefined || apiBaseUrl === here || !apiBaseUrl.includes(FAKES)) return connection;
  return { ...connection, settings: { ...connection.settings, apiBaseUrl: here } } as ConnectionRequest;
}

async function save(url: string, token: string, connectionId: string, connection: ConnectionRequest) {
  const response = await fetch(`${url}/v1/connections/${connectionId}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(connection),
  });
  if (!response.ok) throw new Error(`${connectionId} was not connected: ${await response.text()}`);
}
