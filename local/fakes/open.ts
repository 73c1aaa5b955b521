import { readFileSync } from 'node:fs';
import { ZodError } from 'zod';
import type { Keeper } from '../aws/secrets.ts';
import { fakeRoutes, type Shops } from './fakes.ts';
import { shopifyOAuth, squareOAuth } from './oauth.ts';
import { shopifyFake } from './shopify.ts';
import { squareFake } from './square.ts';
import { wooCommerceFake } from './woocommerce.ts';

/** The fakes of this machine. */
export interface Fakes {
  /** Answers requests under `/dev/stand-ins`; false for any other. */
  readonly answer: ReturnType<typeof fakeRoutes>;
  /** A shop knows the orders that it sent: what comes as its webhook is put into it. */
  hear(event: unknown): void;
}

/**
 * Opens the fakes, with the sample orders in their shops.
 *
 * @param shopifySecret the client secret of the app, with which Shopify signs
 */
export function openFakes(kept: Keeper, shopifySecret: string): Fakes {
  const squareOrders = ['square/order.json', 'square/canceled-order.json'].map(
    (file) => (JSON.parse(sample(file).toString('utf8')) as { order: unknown }).order,
  );
  const shops: Shops = {
    shopify: {
      ...shopifyFake(kept, [sample('shopify-order.json')]),
      oauth: shopifyOAuth(kept, shopifySecret),
    },
    square: { ...squareFake(kept, squareOrders), oauth: squareOAuth(kept) },
    woocommerce: wooCommerceFake(kept),
  };
  return {
    answer: fakeRoutes(shops),
    hear(event) {
      const { rawPath = '', headers = {}, body, isBase64Encoded } = event as Partial<WebhookEvent>;
      const name = rawPath.slice(WEBHOOKS.length);
      if (!rawPath.startsWith(WEBHOOKS) || !Object.hasOwn(shops, name)) return;
      try {
        shops[name]?.hear?.(Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'), headers);
      } catch (error) {
        // What is no order of the shop is for the webhook to refuse.
        if (!(error instanceof ZodError) && !(error instanceof SyntaxError)) throw error;
      }
    },
  };
}

/** What a gateway's event says of a webhook. */
interface WebhookEvent {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const WEBHOOKS = '/webhooks/';

function sample(file: string): Buffer {
  return readFileSync(new URL(`../sample/${file}`, import.meta.url));
}
