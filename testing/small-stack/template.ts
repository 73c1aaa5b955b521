import type { Resource, Stack } from '../../local/template/synthesize.ts';

/** Where the entries of the small stack's functions lie. */
export const FIXTURE_FOLDER = import.meta.dirname;

const entry = (name: string) => `functions/${name}.ts`;

function lambda(name: string, variables: Record<string, unknown> = {}): Resource {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: { Environment: { Variables: variables }, Timeout: 1, MemorySize: 256 },
    Metadata: { OrderLoop: { entry: entry(name) } },
  };
}

const imported = (name: string) => ({ 'Fn::ImportValue': { 'Fn::Join': ['', ['data:', name]] } });
const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

function route(routeKey: string, scopes?: readonly string[]): Resource {
  return {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      RouteKey: routeKey,
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
      ...(scopes === undefined
        ? { AuthorizationType: 'NONE' }
        : { AuthorizationType: 'JWT', AuthorizationScopes: scopes, AuthorizerId: { Ref: 'Authorizer' } }),
    },
  };
}

function task(resource: string, next: object, more: object = {}): object {
  const waits = resource.endsWith('waitForTaskToken');
  return {
    Type: 'Task',
    Resource: resource,
    Parameters: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation substitutes it
      FunctionName: '${TaskArn}',
      Payload: { 'id.$': '$.id', ...(waits ? { 'taskToken.$': '$$.Task.Token' } : {}) },
    },
    ...(waits ? { TimeoutSecondsPath: '$.seconds' } : { OutputPath: '$.Payload' }),
    Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 2, JitterStrategy: 'FULL' }],
    ...more,
    ...next,
  };
}

const DEFINITION = {
  StartAt: 'First',
  States: {
    First: { Type: 'Wait', Seconds: 0, Next: 'Await' },
    Await: task(
      'arn:aws:states:::lambda:invoke.waitForTaskToken',
      { Next: 'Last' },
      {
        Catch: [
          { ErrorEquals: ['States.Timeout'], ResultPath: '$.late', Next: 'Late' },
          { ErrorEquals: ['Cancelled'], ResultPath: '$.cancelled', Next: 'Ended' },
        ],
      },
    ),
    Last: task('arn:aws:states:::lambda:invoke', { End: true }),
    Late: { Type: 'Fail', Error: 'TooLate', Cause: 'nobody answered' },
    Ended: { Type: 'Succeed' },
  },
};

/** A stack with a table: what the service stack imports. */
const DATA: Stack = {
  name: 'data',
  template: {
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
            { AttributeName: 'kind', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          BillingMode: 'PAY_PER_REQUEST',
          GlobalSecondaryIndexes: [
            {
              IndexName: 'by-kind',
              KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        },
      },
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'items' } },
      ShopifyWebhookSecret: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
      Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
      Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: { Ref: 'Pool' } } },
    },
    Outputs: {
      Table: { Value: { Ref: 'Table' }, Export: { Name: 'data:table' } },
      Stream: { Value: { 'Fn::GetAtt': ['Table', 'StreamArn'] }, Export: { Name: 'data:stream' } },
      Bus: { Value: { Ref: 'Bus' }, Export: { Name: 'data:bus' } },
      Issuer: { Value: { 'Fn::GetAtt': ['Pool', 'ProviderURL'] }, Export: { Name: 'data:issuer' } },
      Client: { Value: { Ref: 'Client' }, Export: { Name: 'data:client' } },
    },
  },
};

const SERVICE: Stack = {
  name: 'service',
  template: {
    Resources: {
      Http: lambda('http', { TABLE_NAME: imported('table') }),
      Stream: lambda('stream', { EVENT_BUS_NAME: imported('bus'), STATE_MACHINE_ARN: { Ref: 'Machine' } }),
      Consumer: lambda('consumer', { TABLE_NAME: imported('table') }),
      Task: lambda('task', { TABLE_NAME: imported('table') }),
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: arnOf('Http'),
          PayloadFormatVersion: '2.0',
        },
      },
      Authorizer: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: { JwtConfiguration: { Issuer: imported('issuer'), Audience: [imported('client')] } },
      },
      Store: route('POST /items/{id}', ['items/write']),
      Show: route('GET /items/{id}', ['items/read', 'items/write']),
      Answer: route('POST /items/{id}/answer'),
      Fixed: route('GET /items/fixed'),
      Echo: route('POST /echo'),
      EchoOne: route('GET /echo/{name}'),
      Edi: route('POST /webhooks/edi'),
      Crash: route('POST /crash'),
      Hang: route('POST /hang'),
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: { RedrivePolicy: { deadLetterTargetArn: arnOf('DeadLetters'), maxReceiveCount: 2 } },
      },
      DeadLetters: { Type: 'AWS::SQS::Queue', Properties: {} },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventBusName: imported('bus'),
          EventPattern: { source: ['items'], 'detail-type': [{ prefix: 'Item' }] },
          Targets: [{ Id: 'Target', Arn: arnOf('Queue') }],
        },
      },
      StreamMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: imported('stream'),
          FunctionName: { Ref: 'Stream' },
          BatchSize: 10,
          StartingPosition: 'TRIM_HORIZON',
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          FilterCriteria: {
            Filters: [
              { Pattern: '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":["EVENT"]}}}}' },
            ],
          },
        },
      },
      QueueMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: arnOf('Queue'),
          FunctionName: { Ref: 'Consumer' },
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          DefinitionString: JSON.stringify(DEFINITION),
          DefinitionSubstitutions: { TaskArn: arnOf('Task') },
        },
      },
    },
  },
};

/** A small app with one of everything that the local stack wires. */
export const FIXTURE_STACKS: readonly Stack[] = [DATA, SERVICE];
