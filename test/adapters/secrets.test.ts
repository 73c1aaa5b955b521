import { beforeAll, expect, test } from 'vitest';
import { readConnectionSecret, readSigningSecret, secretReader } from '../../functions/adapters/secrets.ts';
import { Busy } from '../../functions/write-failures.ts';
import { AwsError, TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';

const SECRETS: Readonly<Record<string, string>> = {
  whole: '{"current": "one that signs", "previous": "one that signed"}',
  first: '{"current": "one that signs"}',
  cleared: '{"current": "one that signs", "previous": null}',
  short: '{"current": "hush-15-letters"}',
  repeated: '{"current": "hush-hush-hush-hush-hush"}',
  random: '{"current": "q8Zt1LmX0vBn5RcY7uWe3HsKd9GfJa2PoIi6TxNz4CbVyMQl"}',
  bare: 'hush-hush-hush',
  empty: '{"current": ""}',
  other: '{"password": "hush-hush-hush"}',
};
const asked: unknown[] = [];

const aws = useAws({
  'secretsmanager.GetSecretValue': ({ SecretId }) => {
    asked.push(SecretId);
    const SecretString = SECRETS[String(SecretId)];
    if (SecretString === undefined) throw new AwsError('ResourceNotFoundException', 'there is none');
    return { SecretString };
  },
});

beforeAll(() => {
  Object.assign(process.env, TEST_ENVIRONMENT, { AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint });
});

test.each([
  ['whole', 'one that signed'],
  ['first', undefined],
  ['cleared', undefined],
])('the secret %s is read once, and kept', async (secretId, previous) => {
  const read = secretReader(secretId);
  expect(await read()).toEqual({ current: 'one that signs', previous });
  expect(await read()).toEqual({ current: 'one that signs', previous });
  expect(asked.filter((each) => each === secretId)).toHaveLength(1);
});

test.each(['short', 'repeated'])('the secret %s is not signed with, and not quoted', async (secretId) => {
  const failure = await readSigningSecret(secretId).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Busy);
  expect(String(failure)).toContain(`the secret ${secretId} can be guessed`);
  expect(String(failure)).not.toContain('hush');
  // As the password of a login it counts: that was chosen elsewhere.
  expect((await readConnectionSecret(secretId)).current).toContain('hush');
});

test('a secret as it is made at random is signed with', async () => {
  expect(await readSigningSecret('random')).toMatchObject({ current: SECRETS.random?.slice(13, 61) });
});

test.each(['bare', 'empty', 'other', 'missing'])(
  'the secret %s is an error that does not quote it',
  async (secretId) => {
    const failure = await secretReader(secretId)().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(String(failure)).toContain(secretId === 'missing' ? 'there is none' : secretId);
    expect(String(failure) + String((failure as Error).cause)).not.toContain('hush');
  },
);
