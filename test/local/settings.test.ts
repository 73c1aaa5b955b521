import { describe, expect, test } from 'vitest';
import { readSettings } from '../../local/settings.ts';

describe('the environment of npm start', () => {
  test('an empty one means a durable stack on port 4000 with the sample orders', () => {
    expect(readSettings({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      dataFolder: '.data',
      storeEndpoint: null,
      seed: true,
      webhookSecrets: { shopify: 'local-shopify-secret', carrier: 'local-carrier-secret' },
    });
  });

  test('everything can be set', () => {
    const settings = readSettings({
      HOST: '0.0.0.0',
      PORT: '0',
      DATA_DIR: ':memory:',
      SEED: 'none',
      DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000',
      LOG_LEVEL: 'debug',
      EDI_WEBHOOK_SECRET: 'ours',
      SQUARE_NOTIFICATION_URL: 'https://example.com/square',
    });
    expect(settings).toMatchObject({
      host: '0.0.0.0',
      port: 0,
      dataFolder: null,
      seed: false,
      storeEndpoint: 'http://127.0.0.1:8000',
      logLevel: 'DEBUG',
      webhookSecrets: { edi: 'ours', shopify: 'local-shopify-secret' },
      passedThrough: { SQUARE_NOTIFICATION_URL: 'https://example.com/square' },
    });
  });

  test.each([
    ['PORT', 'forty'],
    ['PORT', '70000'],
    ['SEED', 'yes'],
    ['LOG_LEVEL', 'LOUD'],
    ['DYNAMODB_ENDPOINT', 'localhost:8000'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(name);
  });
});
