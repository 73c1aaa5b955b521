import type { Subscribed } from '../../channel.ts';
import { ShopRefused } from '../../core/shops.ts';
import type { WooStore } from './woocommerce-store.ts';

/** The topics that are acted on. */
const TOPICS = ['order.created', 'order.updated', 'order.deleted', 'order.restored'];

/**
 * Makes the webhooks that are missing, and activates those that the store has disabled, which it does when deliveries
 * keep failing. One that the merchant paused stays so.
 *
 * @param url where the messages are to be sent
 * @param secret that they are signed with
 * @see https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks
 */
export async function subscribeWooCommerce(
  api: Pick<WooStore, 'listWebhooks' | 'createWebhook' | 'activateWebhook'>,
  url: string,
  secret: string,
): Promise<Subscribed> {
  const ours = (await api.listWebhooks()).filter(({ delivery_url }) => delivery_url === url);
  const made: string[] = [];
  const refused: string[] = [];
  for (const topic of TOPICS) {
    const known = ours.filter((webhook) => webhook.topic === topic);
    if (known.some(({ status }) => status !== 'disabled')) continue;
    try {
      const [disabled] = known;
      if (disabled === undefined) await api.createWebhook({ topic, url, secret });
      else await api.activateWebhook(disabled.id);
      made.push(topic);
    } catch (error) {
      if (!(error instanceof ShopRefused)) throw error;
      refused.push(`${topic}: ${error.message}`);
    }
  }
  return { made, refused };
}
