import { type Attributes, LOCAL_ACCOUNT, LOCAL_REGION } from './intrinsics.ts';

/** @returns the ARN that a resource has on this machine. */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;
}

/**
 * What resources are called on this machine. Names come from the template where it gives them, else from the logical
 * id, so that they stay the same from one start to the next and the data of an earlier one is found again.
 *
 * @param apiUrl where the HTTP API is reached
 * @param awsUrl where the fake for the AWS services is reached
 */
export function localNames(apiUrl: string, awsUrl: string): Attributes {
  return ({ Type, Properties = {} }, logicalId) => {
    const named = (property: string) => String(Properties[property] ?? logicalId);
    switch (Type) {
      case 'AWS::DynamoDB::Table':
      case 'AWS::DynamoDB::GlobalTable': {
        const name = named('TableName');
        return {
          Ref: name,
          Arn: arn('dynamodb', `table/${name}`),
          StreamArn: arn('dynamodb', `table/${name}/stream/local`),
        };
      }
      case 'AWS::Lambda::Function': {
        const name = named('FunctionName');
        return { Ref: name, Arn: arn('lambda', `function:${name}`) };
      }
      case 'AWS::SQS::Queue': {
        const name = named('QueueName');
        return { Ref: `${awsUrl}/${LOCAL_ACCOUNT}/${name}`, Arn: arn('sqs', name), QueueName: name };
      }
      case 'AWS::Events::EventBus': {
        const name = named('Name');
        return { Ref: name, Name: name, Arn: arn('events', `event-bus/${name}`) };
      }
      case 'AWS::Events::Rule':
        return { Ref: named('Name'), Arn: arn('events', `rule/${named('Name')}`) };
      case 'AWS::SecretsManager::Secret':
        return {
          Ref: arn('secretsmanager', `secret:${named('Name')}`),
          Id: arn('secretsmanager', `secret:${named('Name')}`),
        };
      case 'AWS::StepFunctions::StateMachine': {
        const name = named('StateMachineName');
        const stateMachine = arn('states', `stateMachine:${name}`);
        return { Ref: stateMachine, Arn: stateMachine, Name: name };
      }
      case 'AWS::ApiGatewayV2::Api':
        return { Ref: logicalId, ApiId: logicalId, ApiEndpoint: apiUrl };
      case 'AWS::Cognito::UserPool':
        return {
          Ref: logicalId,
          UserPoolId: logicalId,
          Arn: arn('cognito-idp', `userpool/${logicalId}`),
          ProviderName: `local/${logicalId}`,
          // Not the API's address, which changes with the port: tokens shall outlive a restart.
          ProviderURL: 'https://issuer.order-loop.localhost',
        };
      default:
        return { Ref: logicalId, Arn: arn('local', logicalId) };
    }
  };
}
