import type { Context } from 'aws-lambda';

/** The context of an invocation, as far as functions here look at it. */
export function lambdaContext(milliseconds = 29_000): Context {
  return {
    functionName: 'test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
    memoryLimitInMB: '1024',
    awsRequestId: 'invocation-1',
    getRemainingTimeInMillis: () => milliseconds,
  } as Context;
}
