// @module-tag long
import { expect, test } from 'vitest';
import { synthesize } from '../../testing/templates.ts';

/** CloudFormation takes no more resources in one stack. */
const MOST_RESOURCES = 500;
/** What is left for the resources of the next routes, before the stack has to be divided. */
const ROOM = 15;

test('the stack of the API fits with everything that is off by default', async () => {
  const { service } = await synthesize({
    stage: 'full',
    alarmEmail: 'on-call@example.com',
    release: 'canary',
    webhookConcurrency: '5',
    encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000',
    domainName: 'orders.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000',
  });
  expect(service.resources.size).toBeLessThanOrEqual(MOST_RESOURCES - ROOM);
});
