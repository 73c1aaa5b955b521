import { readFileSync } from 'node:fs';
import { Effect, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  type CfnStateMachine,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LoopAlarm } from './loop-alarm.ts';
import { type FunctionDefaults, type LoopFunction, NO_TRACES } from './loop-function.ts';

const DEFINITION_FILE = new URL('../../statemachines/fulfillment.asl.json', import.meta.url);

/** The functions behind the steps of the workflow. */
export interface WorkflowSteps {
  readonly awaitAllocation: LoopFunction;
  readonly awaitShipment: LoopFunction;
  readonly awaitDelivery: LoopFunction;
  readonly closeOrder: LoopFunction;
  readonly watchDeliveryWindow: LoopFunction;
  readonly reportStuck: LoopFunction;
}

export interface FulfillmentWorkflowProps {
  readonly defaults: FunctionDefaults;
  readonly steps: WorkflowSteps;
  readonly stage: string;
  /** How long an accepted order can still be amended or released before it is queued, in whole seconds. */
  readonly queueAfter: Duration;
}

/**
 * The state machine that drives one order from received to closed. Its definition is the file
 * `statemachines/fulfillment.asl.json`, with the functions' ARNs substituted and the grace period set.
 */
export class FulfillmentWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  /** Lets its roles answer what executions wait for. */
  private readonly answers: Policy;

  constructor(scope: Construct, id: string, props: FulfillmentWorkflowProps) {
    super(scope, id);
    const { steps } = props;
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(definition(props.queueAfter)),
      definitionSubstitutions: {
        AwaitAllocationFunctionArn: steps.awaitAllocation.function.functionArn,
        AwaitShipmentFunctionArn: steps.awaitShipment.function.functionArn,
        AwaitDeliveryFunctionArn: steps.awaitDelivery.function.functionArn,
        CloseOrderFunctionArn: steps.closeOrder.function.functionArn,
        WatchDeliveryWindowFunctionArn: steps.watchDeliveryWindow.function.functionArn,
        ReportStuckFunctionArn: steps.reportStuck.function.functionArn,
      },
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // Under this prefix AWS delivers logs by one policy for all; elsewhere each group adds to a policy that fills.
          logGroupName: `/aws/vendedlogs/states/order-loop-${props.stage}`,
          retention: props.defaults.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        // The history of an order is in the table; a line for each step of each order would only cost.
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
      tracingEnabled: props.defaults.tracing,
    });
    Validations.of(this.stateMachine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason:
          'The history of an order is in the table; only failures are logged, to pay for no second history.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'The actions of log delivery and of X-Ray take no resource.',
      },
    );
    if (!props.defaults.tracing) {
      Validations.of(this.stateMachine).acknowledge(
        { id: 'AwsSolutions-SF2', reason: NO_TRACES },
        { id: 'Serverless-StepFunctionStateMachineXray', reason: NO_TRACES },
      );
    }
    new LoopAlarm(this, 'Stuck', {
      meaning: 'Workflow stuck: an execution failed, and its order waits for somebody to drive it on',
      runbook: 'workflow-stuck',
      metric: this.stateMachine.metricFailed({ period: Duration.minutes(5) }),
      threshold: 1,
    });
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(steps).map((step: LoopFunction) => step.function.functionArn),
      }),
    );
    this.answers = new Policy(this, 'Answers', {
      statements: [
        new PolicyStatement({
          effect: Effect.ALLOW,
          actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'],
          resources: [this.stateMachine.stateMachineArn],
        }),
      ],
    });
  }

  /** Lets a function start executions, one an order, and answer what they wait for; `STATE_MACHINE_ARN` names them. */
  allowDrive(target: LoopFunction): void {
    target.function.addEnvironment('STATE_MACHINE_ARN', this.stateMachine.stateMachineArn);
    target.allow(['states:StartExecution'], [this.stateMachine.stateMachineArn]);
    this.allowAnswer(target);
  }

  /** Lets a function list and look at executions, which are named after the orders they drive. */
  allowDescribe(target: LoopFunction): void {
    const arn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    target.allow(['states:DescribeExecution'], [arn]);
    target.allow(['states:ListExecutions'], [this.stateMachine.stateMachineArn]);
    const resource = Stack.of(this).getLogicalId(this.stateMachine.node.defaultChild as CfnStateMachine);
    Validations.of(target.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${resource}.Name>:*]`,
      reason: 'An execution is named after its order; only the state machine it belongs to is known.',
    });
  }

  /**
   * Lets a function answer waiting task tokens. The permission is a policy of its own, one for all who have it: as part
   * of a function's role it would close a circle, since the workflow names the functions of its steps.
   */
  allowAnswer(target: LoopFunction): void {
    this.answers.attachToRole(target.role);
  }
}

/** Reads the definition and sets the seconds of the grace period. */
function definition(queueAfter: Duration): string {
  const machine = JSON.parse(readFileSync(DEFINITION_FILE, 'utf8')) as {
    States: { GracePeriod: { Seconds: number } };
  };
  machine.States.GracePeriod.Seconds = queueAfter.toSeconds();
  return JSON.stringify(machine);
}
