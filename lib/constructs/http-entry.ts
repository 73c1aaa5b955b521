import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { COGNITO_GROUPS } from '../../contract/roles.ts';
import {
  type Access,
  ROUTES,
  type Route,
  type RouteFunction,
  type RouteKey,
  routeKey,
} from '../../contract/routes.ts';
import { GradualRelease } from './gradual-release.ts';
import type { TokenIssuer } from './identity.ts';
import type { LoopFunction } from './loop-function.ts';

/** How many requests the API takes: a steady rate a second, and a burst on top of it. */
export interface Throttle {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

export interface HttpEntryProps {
  readonly stage: string;
  readonly issuer: TokenIssuer;
  readonly throttle: Throttle;
  readonly logRetention: RetentionDays;
  /** Bring each release to a share of the requests first. */
  readonly gradual: boolean;
}

/** The HTTP API. Its routes, and what each asks of a caller, come from `contract/routes.ts` and from nowhere else. */
export class HttpEntry extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  /** A line for each request, by route. */
  readonly accessLogs: LogGroup;
  private readonly gradual: boolean;
  private readonly issuerUrl: string;
  private readonly audience: string[];
  private readonly checksScopes: boolean;

  constructor(scope: Construct, id: string, props: HttpEntryProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: `order-loop-${props.stage}`,
      description: 'Order Loop',
      createDefaultStage: false,
    });
    this.accessLogs = new LogGroup(this, 'AccessLogs', {
      // Under this prefix AWS delivers logs by one policy for all; elsewhere each group adds to a policy that fills.
      logGroupName: `/aws/vendedlogs/http/order-loop-${props.stage}`,
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: props.throttle,
      // By route they would be several metrics to pay for each of the routes; the access log shows the same.
      detailedMetricsEnabled: false,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLogs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    });
    (this.stage.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(
      Object.entries(ROUTE_THROTTLES).map(([key, { rateLimit, burstLimit }]) => [
        key,
        // As a template writes it: what is under a route's name is not translated.
        { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit },
      ]),
    );
    this.gradual = props.gradual;
    this.issuerUrl = props.issuer.issuerUrl;
    this.audience = [...props.issuer.audience];
    this.checksScopes = props.issuer.groupsClaim === undefined || props.issuer.groupsClaim === COGNITO_GROUPS;
  }

  /** Takes tokens of one more client of the issuer. To be called before `serve`. */
  accept(audience: string): void {
    this.audience.push(audience);
  }

  /** Leads every route of the contract to the function that answers it. */
  serve(functions: Record<RouteFunction, LoopFunction>): void {
    const authorizer = new HttpJwtAuthorizer('AccessToken', this.issuerUrl, { jwtAudience: this.audience });
    const release = this.gradual ? new GradualRelease(this, 'Release', this.api) : undefined;
    const called = (name: RouteFunction) =>
      release?.live(functions[name], name.replace('/', '-')) ?? functions[name].function;
    const integrations = new Map<RouteFunction, HttpLambdaIntegration>();
    for (const route of ROUTES) {
      const integration =
        integrations.get(route.function) ??
        new HttpLambdaIntegration(`${route.function}-integration`, called(route.function), {
          payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
          // One permission for each function: a permission for each route would outgrow a function's policy.
          scopePermissionToRoute: false,
        });
      integrations.set(route.function, integration);
      const made = this.api.addRoutes({
        path: route.path,
        methods: [route.method as HttpMethod],
        integration,
        ...authorization(route, authorizer, this.checksScopes),
      });
      // The stage names the routes that it slows down, which must be there before it.
      if (routeKey(route) in ROUTE_THROTTLES) this.stage.node.addDependency(...made);
      if (typeof route.access === 'string') {
        const reason = OPEN_BECAUSE[route.access];
        for (const open of made) Validations.of(open).acknowledge({ id: 'AwsSolutions-APIG4', reason });
      }
    }
  }
}

/**
 * Only a route with a scope is guarded by the authorizer, which knows the claims `scope` and `scp`. Where scopes of programs
 * come among the roles, as Entra's do, the function alone checks them. The other routes carry their own proof (a signature over the
 * body, a signed token in the path), which their function checks, or are open on purpose.
 */
function authorization(
  route: Route,
  authorizer: IHttpRouteAuthorizer,
  checksScopes: boolean,
): { authorizer: IHttpRouteAuthorizer; authorizationScopes?: string[] } {
  return typeof route.access === 'object'
    ? { authorizer, ...(checksScopes && { authorizationScopes: [route.access.scope] }) }
    : { authorizer: new HttpNoneAuthorizer() };
}

/**
 * Routes that take less than the rest: those behind which one request reads the whole table or writes hundreds of
 * orders, and the one whose path could be guessed at.
 */
const ROUTE_THROTTLES: Readonly<Record<RouteKey, Throttle>> = {
  'GET /v1/inventory/drift': { rateLimit: 1, burstLimit: 5 },
  'POST /v1/erasures': { rateLimit: 5, burstLimit: 10 },
  'POST /v1/data-requests': { rateLimit: 5, burstLimit: 10 },
  'POST /v1/operations/republish': { rateLimit: 5, burstLimit: 10 },
  'POST /v1/operations/dead-letters/{deadLetterId}/redrive': { rateLimit: 5, burstLimit: 10 },
  'POST /v1/operations/overview/rebuild': { rateLimit: 5, burstLimit: 10 },
  'POST /v1/imports': { rateLimit: 5, burstLimit: 20 },
  'GET /portal/{token}': { rateLimit: 50, burstLimit: 100 },
};

/** Why a route has no authorizer. */
const OPEN_BECAUSE: Record<Exclude<Access, object>, string> = {
  signature: 'The function checks a signature over the raw body before anything else.',
  'access-token':
    'The function checks the access token itself, since its refusal says to a client where to get one.',
  'path-token': 'The path holds a signed token that ends; the function checks it.',
  public: 'It says what the API is and whether it runs, and nothing about any order.',
};

/**
 * What is logged of a request. The path is left out and the route named in its place: a path can hold a customer's
 * portal token.
 */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  responseLatency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  sourceIp: '$context.identity.sourceIp',
  subject: '$context.authorizer.claims.sub',
};
