import type { Construct } from 'constructs';
import { writeRetention } from '../contract/retention.ts';
import { allowConnectionSecrets } from './constructs/connection-secrets.ts';
import { type FunctionDefaults, LoopFunction, type LoopFunctionProps } from './constructs/loop-function.ts';
import type { ItemAction, OrderTable } from './constructs/order-table.ts';
import type { DataStack, SecretName } from './data-stack.ts';

/** Settings of a deployment that functions find in their environment under these names. */
export interface FunctionSettings {
  readonly AGENT_REQUESTS_A_MINUTE: string;
  readonly API_BASE_URL: string;
  readonly API_HOST: string;
  readonly DELIVERY_WINDOW_AT_RISK_DAYS: string;
  /** Empty where tokens name no roles. */
  readonly GROUPS_CLAIM: string;
  readonly ORDER_NUMBER_PREFIX: string;
  readonly PERSON_CLAIMS: string;
  readonly PORTAL_BASE_URL: string;
  readonly PORTAL_DAYS_AFTER_DELIVERY: string;
  /** Empty where groups are named like roles. */
  readonly ROLE_GROUPS: string;
  /** Where agents let people sign in, without a slash at the end; empty where the issuer describes that itself. */
  readonly SIGN_IN_URL: string;
  readonly TOKEN_AUDIENCE: string;
  readonly TOKEN_ISSUER: string;
}

/** One function as data: what it is for, what it is given, and all that it may do. */
export interface FunctionRow {
  /** Id of its construct. CloudFormation's names derive from it, so a change replaces the function. */
  readonly id: string;
  /** What the function is for, in one sentence. */
  readonly description: string;
  /** Actions on items of the table, whose name is then in its environment. @default none */
  readonly actions?: readonly ItemAction[];
  /** Indexes that it queries. @default none */
  readonly indexes?: Parameters<OrderTable['allow']>[2];
  /** Settings in its environment. @default none */
  readonly settings?: readonly (keyof FunctionSettings)[];
  /** Secrets that it may read, by the variable that holds the secret's id. @default none */
  readonly secrets?: Readonly<Record<string, SecretName>>;
  /** Whether it may read the secrets that connections name. @default false */
  readonly readsConnectionSecrets?: boolean;
  /** Whether it may also put the tokens into them that shops give. @default false */
  readonly writesConnectionSecrets?: boolean;
  /** Whether it puts events on the bus, whose name is then in its environment. @default false */
  readonly publishes?: boolean;
  /** Whether it writes or verifies checkpoints of the histories, in a loop that has them. @default neither */
  readonly checkpoints?: 'writes' | 'verifies';
}

/** What rows are filled in from. */
export interface FunctionContext {
  readonly stage: string;
  readonly data: DataStack;
  readonly defaults: FunctionDefaults;
  readonly settings: FunctionSettings;
}

/** @returns what a row says of its function, without permissions, which `allowRow` adds to the function that is made. */
export function rowProps(
  entry: string,
  row: FunctionRow,
  { data, defaults, settings }: FunctionContext,
): LoopFunctionProps {
  return {
    defaults,
    entry,
    description: row.description,
    environment: {
      ...(row.actions === undefined
        ? {}
        : { TABLE_NAME: data.table.table.tableName, RETENTION_DAYS: writeRetention(defaults.retention) }),
      ...(row.checkpoints === undefined ? {} : data.checkpoints?.environment),
      ...(row.publishes === true ? { EVENT_BUS_NAME: data.bus.bus.eventBusName } : {}),
      ...Object.fromEntries((row.settings ?? []).map((name) => [name, settings[name]])),
      ...Object.fromEntries(
        Object.entries(row.secrets ?? {}).map(([variable, name]) => [variable, data.secrets[name].secretId]),
      ),
    },
  };
}

/** Lets a function do what its row names, and no more. */
export function allowRow(target: LoopFunction, row: FunctionRow, { stage, data }: FunctionContext): void {
  if (row.actions !== undefined) data.table.allow(target, row.actions, row.indexes);
  for (const name of Object.values(row.secrets ?? {})) data.secrets[name].allowRead(target);
  if (row.readsConnectionSecrets === true) {
    allowConnectionSecrets(target, stage, { writes: row.writesConnectionSecrets === true });
  }
  if (row.publishes === true) data.bus.allowPublish(target);
  if (row.checkpoints !== undefined) data.checkpoints?.allow(target, row.checkpoints);
}

/** Makes the function of a row, with its permissions. */
export function makeFunction(
  scope: Construct,
  entry: string,
  row: FunctionRow,
  context: FunctionContext,
  options: Partial<LoopFunctionProps> = {},
): LoopFunction {
  const made = new LoopFunction(scope, row.id, { ...rowProps(entry, row, context), ...options });
  allowRow(made, row, context);
  return made;
}
