import { beforeAll, describe, expect, test } from 'vitest';
import { useOwnApi } from '../../testing/api.ts';
import { type Answer, HttpClient } from '../../testing/client.ts';
import {
  type ChannelMessage,
  purchaseOrder,
  shopifyOrder,
  signature,
  squareUpdate,
  trackingUpdate,
} from '../../testing/messages.ts';

const api = useOwnApi();

const MESSAGES: readonly ChannelMessage[] = [
  shopifyOrder(7_700_000_000_001, 'SIGNED'),
  squareUpdate('SIGNED', 1, 'signed-1'),
  purchaseOrder(770_000_001, '4500770001', 'SIGNED'),
  trackingUpdate('signed-1', '1ZSIGNED'),
];

let http: HttpClient;
beforeAll(() => {
  http = new HttpClient(api().stack.url);
  return () => http.close();
});

function send(message: ChannelMessage, signed: string | string[] | undefined): Promise<Answer<unknown>> {
  const headers = { ...message.headers, ...(signed !== undefined && { [message.signatureHeader]: signed }) };
  return http.send('POST', message.path, { body: message.body, headers });
}

/** Signatures that no sender makes who knows the secret, by what is wrong with them. */
function wrongSignatures(message: ChannelMessage): readonly (readonly [string, string | undefined])[] {
  const { url } = api().stack;
  const right = signature(message, url);
  const { body } = message;
  const withBody = (other: Buffer) => signature({ ...message, body: other }, url);
  const flipped = Buffer.from(body);
  flipped[0] = (flipped[0] ?? 0) ^ 1;
  const others = ['shopify', 'square', 'edi', 'carrier'].filter((channel) => channel !== message.channel);
  return [
    ['none', undefined],
    ['an empty one', ''],
    ['one character less', right.slice(0, -1)],
    ['one character more', `${right}0`],
    ['the first character another', `${right.startsWith('a') ? 'b' : 'a'}${right.slice(1)}`],
    ['the right one twice', `${right},${right}`],
    ['the right one behind another', `${right.replace(/./g, 'A')}, ${right}`],
    ['nothing but zeros', '0'.repeat(right.length)],
    ['an enormous one', 'a'.repeat(8000)],
    ['one that is no text of its kind', '\u00ff\u00fe'],
    ['a prefix as other services write it', `sha256=${right}`],
    ['that of a body one bit away', withBody(flipped)],
    ['that of the body and a blank', withBody(Buffer.concat([body, Buffer.from(' ')]))],
    ['that of nothing', withBody(Buffer.alloc(0))],
    ['one made with an empty secret', signature(message, url, '')],
    ['one made with the name of the secret', signature(message, url, `${message.channel}-webhook`)],
    ...others.map(
      (channel) =>
        [
          `one made with the secret of ${channel}`,
          signature(message, url, `local-${channel}-secret`),
        ] as const,
    ),
    ...(message.channel === 'square'
      ? ([
          ['one made for another address', signature(message, 'https://elsewhere.example')],
          ['one made without the address', signature({ ...message, path: '' }, '')],
        ] as const)
      : []),
  ];
}

describe.each(MESSAGES.map((message) => [message.channel, message] as const))('%s', (_, message) => {
  test('a message is not looked at without its own signature, and leaves nothing behind', async () => {
    const before = await api().quietStore();
    const letIn: string[] = [];
    for (const [fault, signed] of wrongSignatures(message)) {
      const { status, text } = await send(message, signed);
      if (status !== 401) letIn.push(`${fault}: ${status} ${text}`);
    }
    expect(letIn).toEqual([]);
    expect((await api().quietStore()) === before).toBe(true);
  });

  test('an access token is no signature', async () => {
    const answer = await http.send('POST', message.path, {
      body: message.body,
      headers: { ...message.headers, authorization: `Bearer ${api().token}` },
    });
    expect(answer.status).toBe(401);
  });

  test('what is signed is answered, whatever it says', async () => {
    const bodies = ['', '{}', '[]', 'null', '\u0000', '{"a":', 'ISA*', 'x'.repeat(100_000)];
    for (const body of bodies.map((text) => Buffer.from(text))) {
      const odd = { ...message, body };
      const { status } = await send(odd, signature(odd, api().stack.url));
      expect(status, body.subarray(0, 10).toString()).toBeLessThan(500);
    }
  });
});

describe('a link to the portal', () => {
  let token: string;
  let other: string;
  beforeAll(async () => {
    const link = async () => {
      const { orderId } = await api().receive({ lines: [{ sku: 'LINKED', quantity: 1 }] });
      const { url } = await api().done<{ url: string }>('POST', `/v1/orders/${orderId}/portal-link`);
      return url.split('/').at(-1) ?? '';
    };
    [token, other] = [await link(), await link()];
  });

  const open = (path: string) => http.send('GET', `/portal/${path}`);

  test('opens', async () => {
    expect((await open(token)).status).toBe(200);
  });

  test('does not open when any of its characters is another', async () => {
    const opened: number[] = [];
    for (let at = 0; at < token.length; at++) {
      const altered = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      const { status } = await open(altered);
      if (status !== 404 && status !== 410) opened.push(at);
    }
    expect(opened).toEqual([]);
  });

  test('does not open with a last character that stands for the same bits', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = letters.indexOf(token.at(-1) ?? '');
    for (const other of [1, 2, 3]) {
      const { status } = await open(token.slice(0, -1) + letters[last + other]);
      expect(status).toBe(404);
    }
  });

  test('does not open with the half of another, a half of itself, or anything else', async () => {
    const half = Math.floor(token.length / 2);
    // The claims of the one under the signature of the other.
    const mixed = token.slice(0, token.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'));
    for (const wrong of [
      mixed,
      token.slice(0, half),
      token.slice(half),
      `${token}${token}`,
      api().token,
      '.',
      '%00',
    ]) {
      expect([404, 410], wrong).toContain((await open(wrong)).status);
    }
  });

  test('is no access token', async () => {
    const headers = { authorization: `Bearer ${token}` };
    expect((await http.send('GET', '/v1/orders', { headers })).status).toBe(401);
  });
});
