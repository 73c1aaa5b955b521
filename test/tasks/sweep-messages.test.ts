import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { pollStore } from '../../functions/adapters/dynamodb/poll-store.ts';
import { EDI } from '../../functions/channels/edi/descriptor.ts';
import { useAws } from '../../testing/aws.ts';
import { lambdaContext } from '../../testing/context.ts';
import { startSftpServer } from '../../testing/sftp-server.ts';
import { useStore } from '../../testing/store.ts';
import { PLAIN_ORDER, sketch } from '../channels/edi/x12/support.ts';

const store = useStore();
const aws = useAws({
  'secretsmanager.GetSecretValue': async ({ SecretId }) => ({
    ...{ Name: SecretId, SecretString: JSON.stringify({ current: `login of ${SecretId}` }) },
  }),
});

test('the scheduled sweep logs in to a mailbox by the secret that its connection names, and collects it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'sweep-'));
  const server = await startSftpServer(root, { username: 'loop', password: 'login of harbor-mailbox' });
  onTestFinished(async () => {
    await server.close();
    rmSync(root, { recursive: true });
  });
  for (const directory of ['in', 'out']) mkdirSync(join(root, directory));
  writeFileSync(join(root, 'in', 'po.edi'), sketch('850', PLAIN_ORDER));
  utimesSync(join(root, 'in', 'po.edi'), Date.now() / 1000 - 60, Date.now() / 1000 - 60);
  const table = await store.newTable();
  await connectionStore(table).save({
    ...{ connectionId: 'harbor', kind: 'EDI', name: 'HARBOR', updatedAt: new Date().toISOString() },
    settings: EDI.settings.parse({
      ...{ isaQualifier: '08', isaId: '6145550100', gsId: '6145550100' },
      ...{ ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' },
      sftp: {
        ...{ host: '127.0.0.1', port: server.port, username: 'loop', secretName: 'harbor-mailbox' },
        hostKeyFingerprint: server.hostKeyFingerprint,
        ...{ inboundDirectory: '/in', outboundDirectory: '/out' },
      },
    }),
  });
  Object.assign(process.env, {
    ...{ TABLE_NAME: table.name, AWS_ENDPOINT_URL_DYNAMODB: store.endpoint, AWS_ENDPOINT_URL: aws.endpoint },
    ...{
      ORDER_NUMBER_PREFIX: 'LMB-ORD',
      ALLOW_PRIVATE_ADDRESSES: 'true',
      API_BASE_URL: 'https://api.example',
    },
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  const { handler } = await import('../../functions/tasks/sweep-messages.ts');
  await handler({}, lambdaContext(120_000));
  expect(readdirSync(join(root, 'in'))).toEqual([]);
  expect(readdirSync(join(root, 'out'))).toEqual([expect.stringMatching(/^997-/)]);
  expect((await pollStore(table).poll('harbor'))?.lastPoll).toMatchObject({ received: 1, failed: 0 });
});
