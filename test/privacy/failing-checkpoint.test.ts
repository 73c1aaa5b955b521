import { expect, test } from 'vitest';
import { personalRequestStore } from '../../functions/adapters/dynamodb/personal-request-store.ts';
import { requestOf } from '../../functions/privacy/process-requests.ts';
import { AwsError, TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import { lambdaContext } from '../../testing/context.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const aws = useAws({
  'TrentService.Sign': () => {
    throw new AwsError('DisabledException', 'the key is disabled');
  },
});

test('a checkpoint that cannot be written fails the run, and erasures are made all the same', async () => {
  const table = await store.newTable();
  const requests = personalRequestStore(table);
  await requests.add(
    requestOf(
      'ERASURE',
      { email: 'ada@person.example' },
      {
        ...{ requestId: 'ERASURE-1', requestedAt: new Date().toISOString() },
        origin: { actor: { type: 'human', id: 'ada' }, correlationId: 'test' },
      },
    ),
  );
  Object.assign(process.env, TEST_ENVIRONMENT, {
    ...{ TABLE_NAME: table.name, AWS_ENDPOINT_URL_DYNAMODB: store.endpoint, AWS_ENDPOINT_URL: aws.endpoint },
    ...{ ORDER_NUMBER_PREFIX: 'LMB-ORD', API_BASE_URL: 'https://api.example' },
    ...{ CHECKPOINT_BUCKET: 'checkpoints', CHECKPOINT_KEY_ID: 'key' },
  });
  const { handler } = await import('../../functions/tasks/sweep-messages.ts');
  await expect(handler({}, lambdaContext(120_000))).rejects.toThrow('checkpoint was not written');
  expect(await requests.find('ERASURE-1')).toMatchObject({ state: 'DONE' });
});
