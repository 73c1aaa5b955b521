import type { IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus, IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, type Environment, RemovalPolicy, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type RetentionSetting, retentionOf } from '../contract/retention.ts';
import type { OrderState } from '../domain/order/lifecycle.ts';
import { ConsoleStack } from './console-stack.ts';
import type { CheckpointSetting } from './constructs/checkpoint-archive.ts';
import type { Throttle } from './constructs/http-entry.ts';
import type { MachineClient, TokenIssuer } from './constructs/identity.ts';
import type { LoopEventType, OrderEventFilter } from './constructs/order-event-bus.ts';
import { ReliableTarget } from './constructs/reliable-target.ts';
import { DataStack } from './data-stack.ts';
import type { HostingSettings } from './hosting.ts';
import type { ObservabilitySettings } from './observability.ts';
import { ServiceStack } from './service-stack.ts';
import { checkSettings, ROLES_NEED_PEOPLE } from './settings.ts';

/** The stage that is meant when none is named. */
export const DEFAULT_STAGE = 'dev';

export interface OrderLoopProps extends ObservabilitySettings {
  /**
   * Distinguishes several loops in one account: it is part of the stacks' names, of the bus's name and of what has a
   * name beyond the account. @default 'dev'
   */
  readonly stage?: string;
  /** Account and region. @default decided when the app is deployed */
  readonly env?: Environment;
  /** Begins every order id. @default 'LMB-ORD' */
  readonly orderNumberPrefix?: string;
  /** Who issues the access tokens that the API accepts. @default a Cognito user pool with a client for machines */
  readonly issuer?: TokenIssuer;
  /**
   * Whether the loop's own user pool stays beside an `issuer`, as it has to until the first deployment with that issuer
   * is through. @default true
   */
  readonly keepsUserPool?: boolean;
  /** Lowest level that the functions log. @default INFO */
  readonly logLevel?: ApplicationLogLevel;
  /**
   * Whether Lambda and Step Functions record traces of a share of what they run, and functions record in them what they are
   * about. @default true
   */
  readonly tracing?: boolean;
  /** How long logs are kept. @default one month */
  readonly logRetention?: RetentionDays;
  /**
   * Days for which each store keeps what is in it, by its name in `contract/retention.ts`; null for without end where
   * that is allowed. @default as the table there says
   */
  readonly retention?: RetentionSetting;
  /**
   * What becomes of table, secrets and user pool when the stack is deleted. Unless it is DESTROY, table and user
   * pool are also protected from being deleted by themselves. @default RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /** How long an accepted order can still be amended or released before it is queued. @default 1 second */
  readonly queueAfter?: Duration;
  /**
   * Days before the end of its delivery window from which an order that has not shipped is at risk. @default 1
   */
  readonly atRiskDays?: number;
  /**
   * Key that encrypts table, queues, secrets and the archive of events, in place of those that AWS keeps for them. Made
   * in the same app it is given the statements that the services need; imported, its policy has to have them
   * (docs/security.md). Once the table has a key, it cannot be read without it. @default keys of AWS
   */
  readonly encryptionKey?: IKey;
  /** The same, for a key that is known by its ARN alone. @default keys of AWS */
  readonly encryptionKeyArn?: string;
  /**
   * How long the daily signed checkpoints of the histories cannot be removed, and by whom. `off` writes none; `none`
   * removes bucket and key from the stack too, once a deployment with `off` uses them no more.
   * @default seven years, by nobody without the permission to bypass the retention
   */
  readonly checkpoints?: CheckpointSetting;
  /**
   * Calls of each webhook's function that the account keeps free for it, which are also the most that run at once: no
   * runaway elsewhere keeps a shop's message out, and no runaway shop takes more. They are taken from what is left for
   * everything else; of a new account's ten none can be. @default none are reserved
   */
  readonly webhookConcurrency?: number;
  /** How many requests the API takes. @default 500 requests a second with bursts of 1,000 */
  readonly throttle?: Throttle;
  /**
   * How a release reaches the functions behind the API: all at once, or a tenth of the requests first, for five
   * minutes, and back when they fail. @default 'all-at-once'
   */
  readonly release?: 'all-at-once' | 'canary';
  /** Where customers reach the portal, without a slash at the end. @default the API's own address */
  readonly portalBaseUrl?: string;
  /** Days that a customer's link counts after the order was delivered or cancelled. @default 30 */
  readonly portalDaysAfterDelivery?: number;
  /**
   * Where the programs of AI agents take the answer when somebody signs in for them: makes a client of the loop's own user
   * pool, whose tokens the endpoint of agents alone takes. @default no such client
   */
  readonly agentCallbackUrls?: readonly string[];
  /**
   * Programs that call the API, each with a client of the loop's own user pool that has its scopes and no others.
   * @default the one client with all scopes, which is there in any case
   */
  readonly machineClients?: readonly MachineClient[];
  /** How the console is served beside the API; `false` leaves it out. @default at a name under cloudfront.net, unless
   * there is an issuer of one's own and no client of the console at it */
  readonly hosting?: HostingSettings | false;
  /** Bundle the functions' code. Without it the template can be read but not deployed. @default true */
  readonly bundle?: boolean;
}

export interface OrderEventSubscription extends OrderEventFilter {
  /** Where the events go. */
  readonly target: IRuleTarget;
  /**
   * Scope of the rule. To be given when the target lies in another stack than the loop, so that this stack depends
   * on the loop and not the other way round. @default the loop's own stack
   */
  readonly crossStackScope?: Construct;
}

/**
 * The whole order loop: HTTP API, functions, table, event bus, workflow. It makes stacks in its scope, an app or a stage of
 * one: `Data` for what must outlive a deployment, `Service` for the rest, and `Console` for the console's files.
 */
export class OrderLoop extends Construct {
  /** The HTTP API. */
  readonly api: IHttpApi;
  /** The bus that carries every event of the loop. */
  readonly bus: IEventBus;
  /** The table that holds orders, stock and history. */
  readonly table: ITable;

  /** Address of the console, with the API under it; undefined where the console is not served. */
  readonly consoleUrl: string | undefined;

  private readonly data: DataStack;
  private readonly service: ServiceStack;
  private readonly deadLetterDays: number;

  constructor(scope: Construct, id: string, props: OrderLoopProps = {}) {
    super(scope, id);
    const hosting = hostingOf(props);
    checkSettings({
      stage: props.stage,
      orderNumberPrefix: props.orderNumberPrefix,
      oidcIssuer: props.issuer?.issuerUrl,
      oidcAudience: props.issuer === undefined ? undefined : [...props.issuer.audience],
      oidcPersonClaims: props.issuer?.personClaims,
      oidcGroupsClaim: props.issuer?.groupsClaim,
      oidcRoleGroups: props.issuer?.roleGroups,
      queueAfterSeconds: props.queueAfter?.toSeconds({ integral: false }),
      atRiskDays: props.atRiskDays,
      portalBaseUrl: props.portalBaseUrl,
      portalDaysAfterDelivery: props.portalDaysAfterDelivery,
      retention: props.retention,
      webhookConcurrency: props.webhookConcurrency,
      checkpointRetentionDays:
        typeof props.checkpoints === 'object' ? props.checkpoints.duration.toDays() : undefined,
      encryptionKeyArn: props.encryptionKeyArn,
      alarmEmail: props.alarmEmail,
      alarmTopicArn: props.alarmTopicArn,
      domainName: hosting?.domain?.name,
      certificateArn: hosting?.domain?.certificateArn,
      webAclArn: hosting?.webAclArn,
      consoleClientId: hosting?.clientId,
      agentCallbackUrls: props.agentCallbackUrls === undefined ? undefined : [...props.agentCallbackUrls],
      machineClients: props.machineClients?.map(({ name, scopes }) => ({ name, scopes: [...scopes] })),
    });
    if (props.issuer?.groupsClaim !== undefined && props.issuer.personClaims === undefined) {
      throw new Error(ROLES_NEED_PEOPLE);
    }
    const stage = props.stage ?? DEFAULT_STAGE;
    const env = props.env ?? {};
    const retention = retentionOf(props.retention);
    this.deadLetterDays = Number(retention.deadLetters);

    this.data = new DataStack(this, 'Data', {
      stackName: `order-loop-${stage}-data`,
      description: `Order Loop (${stage}): table, event bus, secrets, user pool`,
      env,
      // A stack that keeps what it holds is not deleted by mistake either.
      terminationProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
      stage,
      busName: busName(stage),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      retention,
      ...(props.issuer === undefined ? {} : { issuer: props.issuer }),
      ...(props.keepsUserPool === undefined ? {} : { keepsUserPool: props.keepsUserPool }),
      ...(props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey }),
      ...(props.encryptionKeyArn === undefined ? {} : { encryptionKeyArn: props.encryptionKeyArn }),
      ...(props.checkpoints === undefined ? {} : { checkpoints: props.checkpoints }),
    });
    const { encryptionKey } = this.data;
    this.service = new ServiceStack(this, 'Service', {
      stackName: `order-loop-${stage}-service`,
      description: `Order Loop (${stage}): API, functions, workflow, queues`,
      env,
      stage,
      data: this.data,
      defaults: {
        bundle: props.bundle ?? true,
        loopName: `order-loop-${stage}`,
        tracing: props.tracing ?? true,
        logLevel: props.logLevel ?? ApplicationLogLevel.INFO,
        logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
        retention,
        ...(encryptionKey === undefined ? {} : { encryptionKey }),
      },
      api: {
        orderNumberPrefix: props.orderNumberPrefix ?? 'LMB-ORD',
        portalDaysAfterDelivery: props.portalDaysAfterDelivery ?? 30,
        ...(props.portalBaseUrl === undefined ? {} : { portalBaseUrl: props.portalBaseUrl }),
        ...(props.webhookConcurrency === undefined ? {} : { webhookConcurrency: props.webhookConcurrency }),
        ...(props.agentCallbackUrls === undefined ? {} : { agentCallbackUrls: props.agentCallbackUrls }),
        ...(props.machineClients === undefined ? {} : { machineClients: props.machineClients }),
      },
      throttle: props.throttle ?? { rateLimit: 500, burstLimit: 1000 },
      gradual: props.release === 'canary',
      queueAfter: props.queueAfter ?? Duration.seconds(1),
      atRiskDays: props.atRiskDays ?? 1,
      observability: props,
      ...(hosting === undefined ? {} : { hosting }),
    });
    if (this.service.console !== undefined) {
      const files = new ConsoleStack(this, 'Console', {
        stackName: `order-loop-${stage}-console`,
        description: `Order Loop (${stage}): files of the console`,
        env,
        parameters: this.service.console.parameters,
        logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
        bundle: props.bundle ?? true,
      });
      files.addStackDependency(this.service, 'it reads the parameters that the other writes');
    }
    Tags.of(this).add('order-loop:stage', stage);

    this.api = this.service.http.api;
    this.bus = this.data.bus.bus;
    this.table = this.data.table.table;
    this.consoleUrl = this.service.console?.site.url;
  }

  /** How many events of a kind there were, for example `OrderShipped`. The sum over five minutes unless set otherwise. */
  metricEvents(type: LoopEventType, options?: MetricOptions): Metric {
    return this.service.metrics.event(type, options);
  }

  /** How many orders are in a state, measured while orders move. The maximum over five minutes unless set otherwise. */
  metricOrdersIn(state: OrderState, options?: MetricOptions): Metric {
    return this.service.metrics.ordersIn(state, options);
  }

  /** Seconds that orders had been in a state when they left it. The median over five minutes unless set otherwise. */
  metricSecondsIn(state: OrderState, options?: MetricOptions): Metric {
    return this.service.metrics.secondsIn(state, options);
  }

  /** Writes that met with others and were decided anew. The sum over five minutes unless set otherwise. */
  metricConflicts(options?: MetricOptions): Metric {
    return this.service.metrics.conflicts(options);
  }

  /** Requests that were answered to retry, 503. The sum over five minutes unless set otherwise. */
  metricBusyAnswers(options?: MetricOptions): Metric {
    return this.service.metrics.busyAnswers(options);
  }

  /** Messages of channels whose signature no secret fits, 401. The sum over five minutes unless set otherwise. */
  metricRefusedWebhooks(options?: MetricOptions): Metric {
    return this.service.metrics.refusedWebhooks(options);
  }

  /** Orders that a poll of their shop healed: their messages were lost. The sum over five minutes unless set otherwise. */
  metricHealedOrders(options?: MetricOptions): Metric {
    return this.service.metrics.healedOrders(options);
  }

  /** Polls of a shop that could not be asked. The sum over five minutes unless set otherwise. */
  metricFailedPolls(options?: MetricOptions): Metric {
    return this.service.metrics.failedPolls(options);
  }

  /** Heartbeats that came out of the table's stream. The sum over five minutes unless set otherwise. */
  metricHeartbeats(options?: MetricOptions): Metric {
    return this.service.metrics.heartbeats(options);
  }

  /** Messages that were quarantined and wait for somebody, of the last day. Maximum over five minutes, unless set otherwise. */
  metricQuarantinedMessages(options?: MetricOptions): Metric {
    return this.service.metrics.quarantinedMessages(options);
  }

  /** Access tokens of shops that could not be refreshed. The sum over five minutes unless set otherwise. */
  metricFailedRefreshes(options?: MetricOptions): Metric {
    return this.service.metrics.failedRefreshes(options);
  }

  /** Connections whose shop takes our access no more. Maximum over five minutes, unless set otherwise. */
  metricRevokedConnections(options?: MetricOptions): Metric {
    return this.service.metrics.revokedConnections(options);
  }

  /** Subscriptions that were switched off since they failed for too long. The sum over five minutes unless set otherwise. */
  metricSwitchedOffSubscriptions(options?: MetricOptions): Metric {
    return this.service.metrics.switchedOffSubscriptions(options);
  }

  /** Documents that a partner did not acknowledge in time, of the last day. Maximum over five minutes, unless set otherwise. */
  metricOverdueDocuments(options?: MetricOptions): Metric {
    return this.service.metrics.overdueDocuments(options);
  }

  /** Documents that break their partner's rules and were not sent, of the last day. Maximum over five minutes, unless set otherwise. */
  metricBlockedDocuments(options?: MetricOptions): Metric {
    return this.service.metrics.blockedDocuments(options);
  }

  /** Attempts of consumers that failed, each retried. The sum over five minutes unless set otherwise. */
  metricFailedMessages(options?: MetricOptions): Metric {
    return this.service.metrics.failedMessages(options);
  }

  /**
   * Sends events of the loop to a target, for example `onOrderEvent('Shipped', { types: ['OrderShipped'], target })`. A
   * target without a dead-letter queue and a retry policy of its own is given both: it is tried for a day, and what it
   * did not take lies in the queue `<id>Undelivered` beside the rule, for as long as other dead letters.
   */
  onOrderEvent(id: string, { target, crossStackScope, ...filter }: OrderEventSubscription): Rule {
    const scope = crossStackScope ?? this.service;
    return this.data.bus.subscribe(
      scope,
      id,
      filter,
      new ReliableTarget(scope, id, target, this.deadLetterDays, this.data.encryptionKey),
    );
  }
}

/** Without a client at an issuer of one's own nobody could sign in, so that there is nothing to serve. */
function hostingOf({ hosting, issuer }: OrderLoopProps): HostingSettings | undefined {
  if (hosting === false) return undefined;
  if (hosting === undefined) return issuer === undefined ? {} : undefined;
  return hosting;
}

/** The default stage's bus has the plain name that subscribers know; any other stage's carries the stage. */
function busName(stage: string): string {
  return stage === DEFAULT_STAGE ? 'order-loop' : `order-loop-${stage}`;
}
