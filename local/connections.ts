import type { ConnectionRequest } from '../contract/connections.ts';
import { SAMPLE_SHOP } from './banner.ts';

/** What we are called in X12 envelopes. */
const OUR_IDS = { ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' } as const;

/** The shops, accounts and partners whose sample messages come with the project, by their connection ids. */
export const LOCAL_CONNECTIONS: Readonly<Record<string, ConnectionRequest>> = {
  'northfield-shop': { kind: 'SHOPIFY', name: 'Northfield', settings: { shop: SAMPLE_SHOP } },
  'northfield-square': { kind: 'SQUARE', name: 'Northfield', settings: { merchantId: 'MLTESTMERCHANT1' } },
  'harbor-markets': {
    kind: 'EDI',
    name: 'Harbor Markets',
    settings: {
      isaQualifier: '08',
      isaId: '6145550100',
      gsId: '6145550100',
      ...OUR_IDS,
      acceptErrors: false,
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
    },
  },
  'parcel-carrier': { kind: 'CARRIER', name: 'Parcel carrier', settings: {} },
};

/**
 * Connects the local stack to them, over its own API as an operator would.
 *
 * @param token an access token with the scope operations/admin
 * @throws Error when one is refused
 */
export async function connectPartners(url: string, token: string): Promise<void> {
  for (const [connectionId, connection] of Object.entries(LOCAL_CONNECTIONS)) {
    const response = await fetch(`${url}/v1/connections/${connectionId}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(connection),
    });
    if (!response.ok) throw new Error(`${connectionId} was not connected: ${await response.text()}`);
  }
}
