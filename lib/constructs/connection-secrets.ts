import { ArnFormat, Stack, Validations } from 'aws-cdk-lib/core';
import { CONNECTION_SECRETS } from '../../contract/secrets.ts';
import type { LoopFunction } from './loop-function.ts';

/**
 * Lets a function read the secrets that connections name: those of shops and partners are put in by an operator, after
 * the deployment and under names of which only the beginning is known. It holds the stage, so that one loop of an account
 * cannot read the secrets of another.
 *
 * @param writes whether it may also put the tokens into them that shops give
 */
export function allowConnectionSecrets(
  target: LoopFunction,
  stage: string,
  { writes = false }: { readonly writes?: boolean } = {},
): void {
  const names = `${CONNECTION_SECRETS}${stage}/*`;
  const arn = Stack.of(target).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: names,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  target.allow(
    ['secretsmanager:GetSecretValue', ...(writes ? ['secretsmanager:PutSecretValue'] : [])],
    [arn],
  );
  Validations.of(target.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${names}]`,
    reason:
      'Secrets of connections are made after the deployment; only what their names begin with is known.',
  });
}
