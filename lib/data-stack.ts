import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnOutput, Duration, type RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Retention } from '../contract/retention.ts';
import { type WebhookPath, webhookRecord } from '../contract/webhooks.ts';
import { CheckpointArchive, type CheckpointSetting } from './constructs/checkpoint-archive.ts';
import { Identity, type TokenIssuer } from './constructs/identity.ts';
import { OrderEventBus } from './constructs/order-event-bus.ts';
import { OrderTable } from './constructs/order-table.ts';
import { SharedSecret } from './constructs/shared-secret.ts';
import { mapRows } from './map-rows.ts';

export interface DataStackProps extends StackProps {
  readonly stage: string;
  readonly busName: string;
  readonly removalPolicy: RemovalPolicy;
  /** How long each store keeps what is in it. */
  readonly retention: Retention;
  /** Encrypts table, secrets and the archive of events. @default keys of AWS */
  readonly encryptionKey?: IKey;
  /** The same, for a key that is known by its ARN alone. */
  readonly encryptionKeyArn?: string;
  /** How long checkpoints of the histories cannot be removed. @default seven years */
  readonly checkpoints?: CheckpointSetting;
  /** Who issues access tokens. @default a user pool of the stack's own */
  readonly issuer?: TokenIssuer;
  /**
   * Whether the stack keeps a user pool though somebody else issues tokens. A service stack that is deployed may still
   * use it, and CloudFormation removes nothing that is in use. @default true
   */
  readonly keepsUserPool?: boolean;
}

interface SecretRow {
  readonly id: string;
  /** What the secret signs, in one sentence. */
  readonly description: string;
  /** What an output of the stack says of the secret, which somebody outside has to know. @default no output */
  readonly output?: string;
}

/** The secrets that the loop signs and checks with. */
const SECRETS = {
  ...webhookRecord(
    ({ path, sender }): SecretRow => ({
      id: webhookId(path),
      description: `Signs what ${sender} send to the order loop`,
      output: `Secret that ${sender} sign with`,
    }),
  ),
  portal: { id: 'PortalLinks', description: 'Signs the links to the order status page of customers' },
  subscriptions: {
    id: 'SubscriptionSeal',
    description: 'Seals the secrets that deliveries of events are signed with',
  },
  cursors: { id: 'ListCursors', description: 'Signs the cursors of lists' },
  approvals: { id: 'AgentApprovals', description: 'Signs the approvals of what AI agents were shown' },
} satisfies Readonly<Record<string, SecretRow>>;

/** @returns the construct id of a webhook's function, and of its secret. */
export function webhookId(path: WebhookPath): string {
  return `${path.charAt(0).toUpperCase()}${path.slice(1)}Webhook`;
}

/** Name of a secret in the tables of functions. */
export type SecretName = keyof typeof SECRETS;

/**
 * What must outlive a deployment of the code: the table, the bus that other teams subscribe to with its archive,
 * the secrets, the user pool.
 */
export class DataStack extends Stack {
  readonly table: OrderTable;
  readonly bus: OrderEventBus;
  readonly secrets: Readonly<Record<SecretName, SharedSecret>>;
  /** Where checkpoints of the histories are kept, if they are. */
  readonly checkpoints: CheckpointArchive | undefined;
  /** The key of the loop's own, where there is one. */
  readonly encryptionKey: IKey | undefined;
  readonly issuer: TokenIssuer;
  /** The stack's own user pool, where there is one. */
  readonly identity: Identity | undefined;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { removalPolicy, encryptionKeyArn } = props;
    this.encryptionKey =
      props.encryptionKey ??
      (encryptionKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'EncryptionKey', encryptionKeyArn));
    const kept = {
      removalPolicy,
      ...(this.encryptionKey === undefined ? {} : { encryptionKey: this.encryptionKey }),
    };
    this.table = new OrderTable(this, 'Orders', { ...kept, backupDays: Number(props.retention.backups) });
    this.bus = new OrderEventBus(this, 'Events', {
      busName: props.busName,
      archiveRetention: Duration.days(Number(props.retention.busArchive)),
      ...(this.encryptionKey === undefined ? {} : { encryptionKey: this.encryptionKey }),
    });
    this.secrets = mapRows<SecretName, SecretRow, SharedSecret>(SECRETS, (_, { id, description, output }) => {
      const secret = new SharedSecret(this, id, { description, ...kept });
      if (output !== undefined) {
        new CfnOutput(this, `${id}Secret`, { description: output, value: secret.secretId });
      }
      return secret;
    });
    const archive = this.checkpointArchive(props);
    this.checkpoints = props.checkpoints === 'off' ? undefined : archive;
    const identity =
      props.issuer === undefined || (props.keepsUserPool ?? true)
        ? new Identity(this, 'Identity', { stage: props.stage, removalPolicy })
        : undefined;
    this.identity = props.issuer === undefined ? identity : undefined;
    const issuer = props.issuer ?? identity?.issuer;
    if (issuer === undefined) throw new Error('Nobody issues access tokens');
    this.issuer = issuer;
    this.pinExports(identity, archive);
    if (this.identity === undefined) return;
    const output = (id: string, description: string, value: string) =>
      new CfnOutput(this, id, { description, value });
    output('TokenUrl', 'Where access tokens are fetched', this.identity.tokenUrl);
    output('UserPoolId', 'The user pool that issues access tokens', this.identity.userPool.userPoolId);
    output('MachineClientId', 'Client of the user pool', this.identity.machineClient.userPoolClientId);
  }

  /** Where checkpoints are not written any more, what was written stays, and a deployed service stack still writes. */
  private checkpointArchive({ checkpoints }: DataStackProps): CheckpointArchive | undefined {
    if (checkpoints === 'none') return undefined;
    return new CheckpointArchive(this, 'Checkpoints', {
      ...(typeof checkpoints === 'object' ? { retention: checkpoints } : {}),
      ...(this.encryptionKey === undefined ? {} : { encryptionKey: this.encryptionKey }),
    });
  }

  /**
   * Exports whatever a service stack takes under any settings. CDK exports what is taken under today's, and so would
   * remove an export that the deployed service stack still imports, which CloudFormation refuses.
   */
  private pinExports(identity: Identity | undefined, archive: CheckpointArchive | undefined): void {
    const values = [
      this.table.table.tableArn,
      this.table.table.tableName,
      this.table.streamArn,
      this.bus.bus.eventBusArn,
      this.bus.bus.eventBusName,
      ...Object.values(this.secrets).map(({ secretId }) => secretId),
      ...(identity?.exports ?? []),
      ...(archive?.exports ?? []),
    ];
    for (const value of values) this.exportValue(value);
  }
}
