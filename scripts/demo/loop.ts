import { type Answer, connect, type Json, type LoopClient } from '../../testing/client.ts';
import type { ChannelMessage } from '../../testing/messages.ts';

/** A running local loop, with a token of all scopes. */
export interface Loop {
  readonly url: string;
  readonly client: LoopClient;
  /** Sends a request that must succeed, again while the loop is busy. */
  api(method: string, path: string, body?: unknown): Promise<Json>;
  /** Sends a message as its channel does, again while the loop is busy. */
  deliver(message: ChannelMessage): Promise<Json>;
}

/** How often a request is sent while the loop answers 503, as every channel does. */
const MAX_ATTEMPTS = 6;

/**
 * Finds the loop.
 *
 * @throws Error that explains how to start one
 */
export async function openLoop(url: string): Promise<Loop> {
  const client = await connect(url, { subject: 'demo' }).catch((error: Error) => {
    const help = `no local loop answers at ${url}: start one with npm start, or set ORDER_LOOP_URL`;
    throw new Error(help, { cause: error });
  });
  return {
    url,
    client,
    async api(method, path, body) {
      const answer = await untilNotBusy(() => client.send(method, path, { body }));
      if (answer.status < 300) return answer.body;
      throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text.slice(0, 1000)}`);
    },
    async deliver(message) {
      // The secret of the environment, where the loop has another than the usual local one.
      const secret = process.env[`${message.channel.toUpperCase()}_WEBHOOK_SECRET`];
      return (await untilNotBusy(() => client.sendSigned(message, secret))).body;
    },
  };
}

async function untilNotBusy(send: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send();
    if (answer.status !== 503 || attempt === MAX_ATTEMPTS) return answer;
    await new Promise((resume) => setTimeout(resume, attempt * 500 * Math.random()));
  }
}
