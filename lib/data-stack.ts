import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnOutput, Duration, type RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Identity, type TokenIssuer } from './constructs/identity.ts';
import { OrderEventBus } from './constructs/order-event-bus.ts';
import { OrderTable } from './constructs/order-table.ts';
import { SharedSecret } from './constructs/shared-secret.ts';

export interface DataStackProps extends StackProps {
  readonly stage: string;
  readonly busName: string;
  readonly removalPolicy: RemovalPolicy;
  /** Encrypts table, secrets and the archive of events. @default keys of AWS */
  readonly encryptionKey?: IKey;
  /** The same, for a key that is known by its ARN alone. */
  readonly encryptionKeyArn?: string;
  /** Who issues access tokens. @default a user pool of the stack's own */
  readonly issuer?: TokenIssuer;
}

/** The secrets that the loop signs and checks with. */
export interface LoopSecrets {
  readonly shopify: SharedSecret;
  readonly square: SharedSecret;
  readonly edi: SharedSecret;
  readonly carrier: SharedSecret;
  readonly portal: SharedSecret;
  /** Seals the secrets of those who subscribe to events. */
  readonly subscriptions: SharedSecret;
  /** Signs what agents were shown before they may do it. */
  readonly approvals: SharedSecret;
}

/**
 * What must outlive a deployment of the code: the table, the bus that other teams subscribe to with its archive,
 * the secrets, the user pool.
 */
export class DataStack extends Stack {
  readonly table: OrderTable;
  readonly bus: OrderEventBus;
  readonly secrets: LoopSecrets;
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
    this.table = new OrderTable(this, 'Orders', kept);
    this.bus = new OrderEventBus(this, 'Events', {
      busName: props.busName,
      archiveRetention: Duration.days(30),
      ...(this.encryptionKey === undefined ? {} : { encryptionKey: this.encryptionKey }),
    });
    this.secrets = {
      shopify: new SharedSecret(this, 'ShopifyWebhook', {
        description: 'Signs what Shopify sends to the order loop',
        ...kept,
      }),
      square: new SharedSecret(this, 'SquareWebhook', {
        description: 'Signs what Square sends to the order loop',
        ...kept,
      }),
      edi: new SharedSecret(this, 'EdiWebhook', {
        description: 'Signs what trading partners and the order loop send each other',
        ...kept,
      }),
      carrier: new SharedSecret(this, 'CarrierWebhook', {
        description: 'Signs what carriers send to the order loop',
        ...kept,
      }),
      portal: new SharedSecret(this, 'PortalLinks', {
        description: 'Signs the links to the order status page of customers',
        ...kept,
      }),
      subscriptions: new SharedSecret(this, 'SubscriptionSeal', {
        description: 'Seals the secrets that deliveries of events are signed with',
        ...kept,
      }),
      approvals: new SharedSecret(this, 'AgentApprovals', {
        description: 'Signs the approvals of what AI agents were shown',
        ...kept,
      }),
    };
    const identity = props.issuer ?? new Identity(this, 'Identity', { stage: props.stage, removalPolicy });
    this.identity = identity instanceof Identity ? identity : undefined;
    this.issuer = identity instanceof Identity ? identity.issuer : identity;
    this.tellOutside(identity);
  }

  /** What those who connect a shop, or fetch a token, have to know. */
  private tellOutside(identity: Identity | TokenIssuer): void {
    const tell = (id: string, description: string, value: string) =>
      new CfnOutput(this, id, { description, value });
    tell('ShopifyWebhookSecret', 'Secret that Shopify signs with', this.secrets.shopify.secretId);
    tell('SquareWebhookSecret', 'Secret that Square signs with', this.secrets.square.secretId);
    tell('EdiWebhookSecret', 'Secret that trading partners sign with', this.secrets.edi.secretId);
    tell('CarrierWebhookSecret', 'Secret that carriers sign with', this.secrets.carrier.secretId);
    if (!(identity instanceof Identity)) return;
    tell('TokenUrl', 'Where access tokens are fetched', identity.tokenUrl);
    tell('UserPoolId', 'The user pool that issues access tokens', identity.userPool.userPoolId);
    tell('MachineClientId', 'Client of the user pool', identity.machineClient.userPoolClientId);
  }
}
