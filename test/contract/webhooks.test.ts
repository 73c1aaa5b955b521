import { expect, test } from 'vitest';
import { CONNECTED_CHANNELS } from '../../functions/channels/descriptors.ts';
import { CHANNEL_WEBHOOKS } from '../../functions/channels/webhooks.ts';

test('the webhook of every channel is listed, in the same order', () => {
  expect(CHANNEL_WEBHOOKS).toEqual(CONNECTED_CHANNELS.map(({ webhook }) => webhook));
});
