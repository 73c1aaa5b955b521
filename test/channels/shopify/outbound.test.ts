import { createHmac } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { soon } from '../../../testing/until.ts';
import { useCircle } from '../core/circle.ts';

/** The whole circle: an order comes in from Shopify, is allocated and shipped, and the shop hears of it. */
const { url, api, asked, queued, ship, deliver, cancel, documents } = useCircle();

let number = 6_300_000_000_000;

describe('Shopify', () => {
  async function order(places: readonly (string | undefined)[] = [undefined]) {
    number += 10;
    const id = number;
    const body = JSON.stringify({
      id,
      name: `#${id}`,
      updated_at: '2026-03-12T16:20:10Z',
      currency: 'USD',
      financial_status: 'paid',
      total_price: `${places.length * 60}.00`,
      shipping_address: { name: 'A', address1: '1 Street', city: 'Town', zip: '1', country_code: 'US' },
      line_items: places.map((place, index) => ({
        id: id + index + 1,
        sku: `CIRCLE-${index + 1}`,
        name: 'Thing',
        title: 'Thing',
        quantity: 6,
        price: '10.00',
        requires_shipping: true,
        ...(place !== undefined && { origin_location: { id: place } }),
      })),
    });
    const response = await webhook('orders/create', body, `create-${id}`);
    const { orderId } = (await response.json()) as { orderId: string };
    await queued(orderId);
    return { id: String(id), orderId, body };
  }

  function webhook(topic: string, body: string, webhookId: string) {
    return fetch(`${url()}/webhooks/shopify`, {
      method: 'POST',
      body,
      headers: {
        'x-shopify-topic': topic,
        'x-shopify-shop-domain': 'northfield-test.myshopify.com',
        'x-shopify-webhook-id': webhookId,
        'x-shopify-hmac-sha256': createHmac('sha256', 'local-shopify-secret').update(body).digest('base64'),
      },
    });
  }

  const fulfillments = (number: string) => asked('CreateFulfillment', number);

  test('hears of each shipment, with tracking and quantities, once', async () => {
    const { orderId } = await order();
    await ship(orderId, '1Z-A', [{ lineNumber: 1, quantity: 2 }]);
    await ship(orderId, '1Z-B');
    await vi.waitFor(
      async () => expect(await documents(orderId, 'shopify-fulfillment')).toHaveLength(2),
      soon,
    );
    const quantities = async (tracking: string) =>
      (await fulfillments(tracking)).map(
        ({ input }) =>
          input.variables.fulfillment.lineItemsByFulfillmentOrder[0].fulfillmentOrderLineItems[0].quantity,
      );
    expect([await quantities('1Z-A'), await quantities('1Z-B')]).toEqual([[2], [4]]);
    const [document] = await documents(orderId, 'shopify-fulfillment');
    const sent = await api('GET', `/v1/orders/${orderId}/documents/${document?.documentId}`);
    expect(sent.fulfillments[0].trackingInfo).toEqual({ company: 'UPS', number: '1Z-A' });
  });

  test('hears of the delivery, of its own fulfillments too', async () => {
    const { orderId } = await order();
    await ship(orderId, '1Z-HOME');
    await deliver(orderId);
    await vi.waitFor(async () => expect(await documents(orderId, 'shopify-delivery')).toHaveLength(1), soon);
    const own = await order();
    const fulfillment = {
      id: Number(own.id) + 5,
      order_id: Number(own.id),
      status: 'success',
      line_items: [{ id: Number(own.id) + 1, quantity: 6 }],
    };
    const full = { ...JSON.parse(own.body), fulfillments: [fulfillment] };
    await api('PUT', '/dev/stand-ins/shopify/orders', full);
    await webhook('fulfillments/create', JSON.stringify(fulfillment), `own-fulfillment-${own.id}`);
    await deliver(own.orderId);
    const tellings = () => asked('TellDelivery', `Fulfillment/${Number(own.id) + 5}`);
    await vi.waitFor(async () => expect(await tellings()).toHaveLength(1), soon);
    const [told] = await tellings();
    expect(told?.input.variables.fulfillmentEvent).toMatchObject({ status: 'DELIVERED' });
  });

  test('is asked once for each place that it sends from', async () => {
    const { orderId } = await order(['11', '12']);
    await ship(orderId, '1Z-PLACES');
    await vi.waitFor(async () => expect(await fulfillments('1Z-PLACES')).toHaveLength(2), soon);
  });

  test('does not hear back of a fulfillment of its own', async () => {
    const { id, orderId } = await order();
    const body = JSON.stringify({
      id: Number(id) + 5,
      order_id: Number(id),
      status: 'success',
      tracking_company: 'UPS',
      tracking_number: '1Z-ECHO',
      line_items: [{ id: Number(id) + 1, quantity: 6 }],
    });
    expect((await webhook('fulfillments/create', body, `fulfilled-${id}`)).status).toBe(200);
    const other = await order();
    await ship(other.orderId, '1Z-AFTER-ECHO');
    await vi.waitFor(async () => expect(await fulfillments('1Z-AFTER-ECHO')).toHaveLength(1), soon);
    expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('SHIPPED');
    expect(await fulfillments('1Z-ECHO')).toEqual([]);
  });

  test('is told again when its answer was lost, and makes no second fulfillment', async () => {
    const { id, orderId } = await order();
    await api('PUT', '/dev/stand-ins/faults', [{ operation: 'CreateFulfillment', loseAnswer: true }]);
    await ship(orderId, '1Z-LOST', [{ lineNumber: 1, quantity: 2 }]);
    await vi.waitFor(
      async () => expect(await documents(orderId, 'shopify-fulfillment')).toHaveLength(1),
      soon,
    );
    expect(await fulfillments('1Z-LOST')).toHaveLength(1);
    const [document] = await documents(orderId, 'shopify-fulfillment');
    const sent = await api('GET', `/v1/orders/${orderId}/documents/${document?.documentId}`);
    expect(sent).toEqual({ fulfillments: [], unitsFoundThere: { [Number(id) + 1]: 2 } });
  });

  test.each([
    ['throttled', { throttled: true, times: 2 }],
    ['busy, with a pause it asks for', { status: 429, retryAfter: 0.2 }],
    ['failing', { status: 502 }],
  ])('that is %s is asked again', async (name, fault) => {
    const { orderId } = await order();
    await api('PUT', '/dev/stand-ins/faults', [{ operation: 'CreateFulfillment', ...fault }]);
    const tracking = `1Z-${name.slice(0, 4)}`;
    await ship(orderId, tracking);
    await vi.waitFor(
      async () => expect(await documents(orderId, 'shopify-fulfillment')).toHaveLength(1),
      soon,
    );
    expect((await fulfillments(tracking)).length).toBeGreaterThan(1);
  });

  test('that is slower than we wait is looked into again, and makes no second fulfillment', {
    tags: 'long',
  }, async () => {
    const { id, orderId } = await order();
    await api('PUT', '/dev/stand-ins/faults', [{ operation: 'CreateFulfillment', delay: 5500 }]);
    await ship(orderId, '1Z-SLOW', [{ lineNumber: 1, quantity: 2 }]);
    const [document] = await vi.waitFor(async () => {
      const found = await documents(orderId, 'shopify-fulfillment');
      expect(found).toHaveLength(1);
      return found;
    }, soon);
    expect(await fulfillments('1Z-SLOW')).toHaveLength(1);
    const sent = await api('GET', `/v1/orders/${orderId}/documents/${document?.documentId}`);
    expect(sent).toEqual({ fulfillments: [], unitsFoundThere: { [Number(id) + 1]: 2 } });
  });

  test('hears of lines that are cancelled, also of what is left after a shipment, and of no more', async () => {
    const { id, orderId } = await order(['11', '11']);
    await cancel(orderId, [{ lineNumber: 2, quantity: 2 }]);
    await vi.waitFor(async () => expect(await documents(orderId, 'shopify-edit')).toHaveLength(1), soon);
    await ship(orderId, '1Z-SHORT', [{ lineNumber: 1, quantity: 5 }]);
    await vi.waitFor(async () => expect(await fulfillments('1Z-SHORT')).toHaveLength(1), soon);
    await cancel(orderId);
    await vi.waitFor(async () => expect(await documents(orderId, 'shopify-edit')).toHaveLength(2), soon);
    const set = (await asked('SetQuantity', String(Number(id) + 1)))
      .concat(await asked('SetQuantity', String(Number(id) + 2)))
      .map(({ input }) => [
        Number(input.variables.lineItemId.split('/').at(-1)) - Number(id),
        input.variables.quantity,
      ]);
    expect(set).toEqual([
      [1, 5],
      [2, 4],
      [2, 0],
    ]);
    expect(await asked('CancelOrder', id)).toEqual([]);
    const edited = JSON.stringify({ order_edit: { order_id: Number(id) } });
    const before = await api('GET', `/v1/orders/${orderId}`);
    expect((await webhook('orders/edited', edited, `edited-${id}`)).status).toBe(200);
    const after = await api('GET', `/v1/orders/${orderId}`);
    // The shop's total is less by what was taken off; all else is as it was.
    expect({ ...after, ...{ version: 0, updatedAt: '', channelTotal: '' } }).toEqual({
      ...before,
      ...{ version: 0, updatedAt: '', channelTotal: '' },
    });
  });

  test('hears of a cancellation, and not of one of its own', async () => {
    const { id, orderId } = await order();
    await cancel(orderId);
    await vi.waitFor(
      async () => expect(await documents(orderId, 'shopify-cancellation')).toHaveLength(1),
      soon,
    );
    const [told] = await asked('CancelOrder', id);
    expect(told?.input.variables).toMatchObject({ reason: 'CUSTOMER', restock: true });
    const own = await order();
    const now = JSON.stringify({ ...JSON.parse(own.body), cancelled_at: '2026-03-13T00:00:00Z' });
    expect((await webhook('orders/cancelled', now, `own-${own.id}`)).status).toBe(200);
    expect((await api('GET', `/v1/orders/${own.orderId}`)).state).toBe('CANCELLED');
    const last = await order();
    await cancel(last.orderId);
    await vi.waitFor(async () => expect(await asked('CancelOrder', last.id)).toHaveLength(1), soon);
    expect(await asked('CancelOrder', own.id)).toEqual([]);
  });

  describe('holds', () => {
    const held = async (
      holds: readonly { readonly id: number; readonly reason: string }[],
      places?: string[],
    ) => {
      const made = await order(places);
      await keep(made, holds);
      return made;
    };
    /** Has the shop hold an order for these reasons, and no others. */
    const keep = async (
      { body }: { body: string },
      holds: readonly { readonly id: number; readonly reason: string }[],
    ) => {
      const full = { ...JSON.parse(body), fulfillment_holds: holds };
      await api('PUT', '/dev/stand-ins/shopify/orders', full);
    };
    const fulfillmentOrder = (id: string) => ({
      id: `gid://shopify/FulfillmentOrder/${id}`,
      status: 'on_hold',
    });
    const placed = (id: string, times = 1) =>
      webhook(
        'fulfillment_orders/placed_on_hold',
        JSON.stringify({
          fulfillment_order: fulfillmentOrder(id),
          created_fulfillment_hold: { reason: 'incorrect_address' },
        }),
        `placed-${id}-${times}`,
      );
    const lifted = (id: string, times = 1) =>
      webhook(
        'fulfillment_orders/hold_released',
        JSON.stringify({ fulfillment_order: { ...fulfillmentOrder(id), status: 'open' } }),
        `lifted-${id}-${times}`,
      );
    const holdsOf = async (orderId: string): Promise<{ holdId: string; note?: string }[]> =>
      (await api('GET', `/v1/orders/${orderId}`)).holds;
    const release = async (orderId: string) => {
      const [hold] = await holdsOf(orderId);
      await api('DELETE', `/v1/orders/${orderId}/holds/${hold?.holdId}`);
      expect(await holdsOf(orderId)).toEqual([]);
    };
    const expectSent = (orderId: string, count: number) =>
      vi.waitFor(
        async () => expect(await documents(orderId, 'shopify-hold-release')).toHaveLength(count),
        soon,
      );
    const released = async (id: string) =>
      (await asked('ReleaseHolds', `FulfillmentOrder/${id}`)).map(({ input }) => input.variables);
    /** Later updates are sent when those before them are done, for what is not sent at all. */
    const othersAreTold = async () => {
      const last = await held([{ id: 7, reason: 'OTHER' }]);
      await placed(last.id);
      await release(last.orderId);
      await expectSent(last.orderId, 1);
    };

    test('of its own that are released here are released there, once, and the goods can go', async () => {
      const { id, orderId } = await held([{ id: 1, reason: 'INCORRECT_ADDRESS' }]);
      await placed(id);
      await api('PUT', '/dev/stand-ins/faults', [{ operation: 'ReleaseHolds', status: 502 }]);
      await release(orderId);
      await expectSent(orderId, 1);
      const variables = {
        id: `gid://shopify/FulfillmentOrder/${id}`,
        holdIds: ['gid://shopify/FulfillmentHold/1'],
      };
      const before = await released(id);
      expect(new Set(before.map((each) => JSON.stringify(each)))).toEqual(
        new Set([JSON.stringify(variables)]),
      );
      await lifted(id);
      await ship(orderId, `1Z-HELD-${id}`);
      await vi.waitFor(async () => expect(await fulfillments(`1Z-HELD-${id}`)).toHaveLength(1), soon);
      await vi.waitFor(
        async () => expect(await documents(orderId, 'shopify-fulfillment')).toHaveLength(1),
        soon,
      );
      expect(await released(id)).toEqual(before);
    });

    test('that the shop released itself, or no more has, are not sent back to it', async () => {
      const own = await held([{ id: 2, reason: 'INCORRECT_ADDRESS' }]);
      await placed(own.id);
      await keep(own, []);
      await lifted(own.id);
      expect(await holdsOf(own.orderId)).toEqual([]);
      const gone = await held([{ id: 6, reason: 'INCORRECT_ADDRESS' }]);
      await placed(gone.id);
      await keep(gone, []);
      await release(gone.orderId);
      await othersAreTold();
      expect([await released(own.id), await released(gone.id)]).toEqual([[], []]);
      expect(await asked('OrderHolds', own.id)).toEqual([]);
    });

    test('of one fulfillment order are each held here, and each released by itself', async () => {
      const [address, other, late] = [
        { id: 11, reason: 'INCORRECT_ADDRESS', reason_notes: 'No such street' },
        { id: 12, reason: 'OTHER', reason_notes: 'Customer asked to wait' },
        { id: 13, reason: 'INVENTORY_OUT_OF_STOCK' },
      ];
      const made = await held([address]);
      const { id, orderId } = made;
      const scope = `Shopify holds fulfillment order ${id}`;
      const notes = async () => (await holdsOf(orderId)).map(({ note }) => note);
      await placed(id);
      await keep(made, [address, other]);
      await placed(id, 2);
      expect(await notes()).toEqual([
        `${scope} (hold 11): incorrect address, No such street`,
        `${scope} (hold 12): other, Customer asked to wait`,
      ]);
      // Released here: this one alone is released there, and the message that comes of it changes nothing.
      const [, second] = await holdsOf(orderId);
      await api('DELETE', `/v1/orders/${orderId}/holds/${second?.holdId}`);
      await expectSent(orderId, 1);
      expect((await released(id)).map(({ holdIds }) => holdIds)).toEqual([
        ['gid://shopify/FulfillmentHold/12'],
      ]);
      await lifted(id);
      expect(await notes()).toEqual([`${scope} (hold 11): incorrect address, No such street`]);
      // Released there, while another was placed of which no message came.
      await keep(made, [late]);
      await lifted(id, 2);
      expect(await notes()).toEqual([`${scope} (hold 13): inventory out of stock`]);
      await keep(made, []);
      await lifted(id, 3);
      expect(await notes()).toEqual([]);
      expect(await released(id)).toHaveLength(1);
    });

    test('for a risk that is accepted here are released there, and those for other reasons are not', async () => {
      const { id, orderId } = await held([
        { id: 3, reason: 'HIGH_RISK_OF_FRAUD' },
        { id: 4, reason: 'OTHER' },
      ]);
      const risk = { order_id: Number(id), risk_level: 'high', provider_title: null };
      await webhook('orders/risk_assessment_changed', JSON.stringify(risk), `risk-${id}`);
      await release(orderId);
      await expectSent(orderId, 1);
      expect((await released(id)).map(({ holdIds }) => holdIds)).toEqual([
        ['gid://shopify/FulfillmentHold/3'],
      ]);
    });

    test('of an operator are no matter of the shop', async () => {
      const { id, orderId } = await held([{ id: 5, reason: 'OTHER' }]);
      await api('POST', `/v1/orders/${orderId}/holds`, { reason: 'OTHER', note: 'Call first' });
      await release(orderId);
      await othersAreTold();
      expect(await asked('OrderHolds', id)).toEqual([]);
    });
  });
});
