import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { RetentionSetting, readRetention } from '../contract/retention.ts';
import { ROLE_NAMES } from '../contract/roles.ts';
import { SCOPES } from '../contract/routes.ts';

/** A role and the group that stands for it. */
const ROLE_GROUP = ` *(?:${ROLE_NAMES.join('|')})=[^,=]{1,200}`;

const MachineClients = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens'),
      scopes: z
        .array(z.enum(SCOPES, `must be of ${SCOPES.join(', ')}`))
        .min(1, 'must have at least one scope'),
    }),
  )
  .max(20, 'must be 20 at most')
  .refine(
    (clients) => new Set(clients.map(({ name }) => name)).size === clients.length,
    'must differ in name',
  );

/** What a stage, an issuer and the other settings have to look like; the messages are shown at synthesis. */
const Settings = z.object({
  stage: z
    .string()
    .regex(
      /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/,
      'must be 1 to 20 lower-case letters, digits and hyphens, beginning with a letter',
    )
    .refine(
      (stage) => !/aws|amazon|cognito/.test(stage),
      'must not contain aws, amazon or cognito, which Cognito reserves',
    )
    .optional(),
  orderNumberPrefix: z
    .string()
    .max(20, 'must be 20 characters at most')
    .regex(/^[A-Z0-9]+(?:-[A-Z0-9]+)*$/, 'must be upper-case letters and digits, in groups joined by hyphens')
    .optional(),
  oidcIssuer: z
    .url({
      protocol: /^https$/,
      hostname: z.regexes.domain,
      error: 'must be an https URL with a public host name',
    })
    .optional(),
  oidcAudience: z.array(z.string().min(1)).min(1, 'must name at least one audience').optional(),
  oidcPersonClaims: z
    .string()
    .regex(
      /^[\w:./-]{1,100}(?:=[^\s=]{1,100})?(?: [\w:./-]{1,100}(?:=[^\s=]{1,100})?){0,9}$/,
      'must be claims separated by blanks, such as username, idtyp=user or sub=auth0|*',
    )
    .optional(),
  oidcGroupsClaim: z
    .string()
    .regex(/^[\w:./-]{1,200}$/, 'must be the name of a claim or a path to it, such as realm_access.roles')
    .optional(),
  oidcRoleGroups: z
    .string()
    .max(1000, 'must be 1,000 characters at most')
    .regex(
      new RegExp(`^${ROLE_GROUP}(?:,${ROLE_GROUP})*$`),
      `must be role=group, with commas in between; the roles are ${ROLE_NAMES.join(', ')}`,
    )
    .optional(),
  queueAfterSeconds: z
    .number()
    .int('must be a whole number of seconds')
    .min(0, 'must not be negative')
    .max(86_400, 'must be a day at most')
    .optional(),
  atRiskDays: z
    .number()
    .int('must be a whole number of days')
    .min(0, 'must not be negative')
    .max(365, 'must be a year at most')
    .optional(),
  portalBaseUrl: z
    .url({ protocol: /^https$/, error: 'must be an https URL' })
    .regex(/[^/]$/, 'must not end in a slash')
    .optional(),
  portalDaysAfterDelivery: z
    .number()
    .int('must be a whole number of days')
    .min(1, 'must be at least a day')
    .max(180, 'must be 180 days at most')
    .optional(),
  retention: RetentionSetting.optional(),
  webhookConcurrency: z
    .number()
    .int('must be a whole number of calls')
    .min(1, 'must be at least 1')
    .max(1000, 'must be 1,000 at most')
    .optional(),
  checkpointRetentionDays: z
    .number()
    .int('must be a whole number of days')
    .min(1, 'must be at least 1')
    .max(36_500, 'must be a hundred years at most')
    .optional(),
  encryptionKeyArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
      'must be the ARN of a KMS key, not of an alias',
    )
    .optional(),
  alarmEmail: z.email('must be an e-mail address').optional(),
  alarmTopicArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, 'must be the ARN of an SNS topic')
    .optional(),
  domainName: z
    .string()
    .regex(
      /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      'must be a domain name in lower case',
    )
    .optional(),
  certificateArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
      'must be the ARN of a certificate in us-east-1, where CloudFront looks for it',
    )
    .optional(),
  webAclArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]{1,128}\/[\w-]{1,36}$/,
      'must be the ARN of a web ACL for CloudFront, in us-east-1',
    )
    .optional(),
  consoleClientId: z.string().min(1, 'must not be empty').optional(),
  agentCallbackUrls: z
    .array(
      z
        .string()
        .regex(
          /^(https:\/\/[^\s#]+|http:\/\/localhost(:\d+)?\/[^\s#]*)$/,
          'must be https, or http at localhost',
        ),
    )
    .min(1, 'must name at least one address')
    .optional(),
  machineClients: MachineClients.optional(),
});

/** The settings of a loop that are more than a choice from a list. */
export type Settings = z.infer<typeof Settings>;

/**
 * Checks settings before anything is made of them, so that a mistake is named at synthesis and not by CloudFormation
 * in the middle of a deployment.
 *
 * @throws Error that names every setting at fault and what is wrong with it
 */
export function checkSettings(settings: Settings): void {
  refuse(Settings.safeParse(settings));
}

/** CloudWatch keeps logs for certain numbers of days; 9999 means for ever, and is left out. */
const RETENTIONS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

/** Programs as the command line gives them: `erp=orders/read orders/write,wms=orders/read inventory/write`. */
function clientsOf(text: string): unknown {
  return text.split(',').map((one) => {
    const [name = '', scopes = ''] = one.split('=');
    return { name: name.trim(), scopes: scopes.split(' ').filter(Boolean) };
  });
}

/** Settings as they come from `cdk.json` or from `cdk deploy -c name=value`: text, except where JSON gave a number. */
const Context = z.object({
  stage: z.string().optional(),
  orderNumberPrefix: z.string().optional(),
  oidcIssuer: z.string().optional(),
  oidcPersonClaims: z.string().optional(),
  oidcGroupsClaim: z.string().optional(),
  oidcRoleGroups: z.string().optional(),
  oidcAudience: z
    .string()
    .transform((audience) => audience.split(',').map((one) => one.trim()))
    .optional(),
  logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).optional(),
  logRetentionDays: z.coerce
    .number()
    .refine((days) => RETENTIONS.includes(days), `must be one of ${RETENTIONS.join(', ')} days`)
    .optional(),
  tracing: z.union([z.boolean(), z.stringbool()], 'must be true or false').optional(),
  removalPolicy: z.enum(['retain', 'destroy']).optional(),
  release: z.enum(['all-at-once', 'canary']).optional(),
  queueAfterSeconds: z.coerce.number().optional(),
  atRiskDays: z.coerce.number().optional(),
  portalBaseUrl: z.string().optional(),
  portalDaysAfterDelivery: z.coerce.number().optional(),
  retention: z.preprocess(
    (given) => (typeof given === 'string' ? readRetention(given) : given),
    RetentionSetting.optional(),
  ),
  webhookConcurrency: z.coerce.number().optional(),
  checkpoints: z.enum(['governance', 'compliance', 'off', 'none']).optional(),
  checkpointRetentionDays: z.coerce.number().optional(),
  encryptionKeyArn: z.string().optional(),
  alarmEmail: z.string().optional(),
  alarmTopicArn: z.string().optional(),
  domainName: z.string().optional(),
  certificateArn: z.string().optional(),
  webAclArn: z.string().optional(),
  consoleClientId: z.string().optional(),
  agentCallbackUrls: z
    .string()
    .transform((urls) => urls.split(',').map((one) => one.trim()))
    .optional(),
  machineClients: z.preprocess(
    (given) => (typeof given === 'string' ? clientsOf(given) : given),
    MachineClients.optional(),
  ),
  hostConsole: z.union([z.boolean(), z.stringbool()], 'must be true or false').optional(),
  userPool: z.enum(['keep', 'none']).optional(),
  dashboard: z.union([z.boolean(), z.stringbool()], 'must be true or false').optional(),
});

export type ContextSettings = z.infer<typeof Context>;

/** Whoever is not known as a person is a program, which is held to no role. */
export const ROLES_NEED_PEOPLE =
  'Settings refused: oidcGroupsClaim takes oidcPersonClaims, since only people have roles; without it everybody would be a program';

/** Names of the settings that the app takes from its context. */
export const CONTEXT_SETTINGS = Object.keys(Context.shape) as (keyof ContextSettings)[];

/**
 * Reads the app's settings.
 *
 * @param context value of each setting that is given
 * @throws Error that names every setting at fault and what is wrong with it
 */
export function readContext(context: Partial<Record<keyof ContextSettings, unknown>>): ContextSettings {
  const settings = refuse(Context.safeParse(context));
  if ((settings.oidcIssuer === undefined) !== (settings.oidcAudience === undefined)) {
    throw new Error('Settings refused: oidcIssuer and oidcAudience go together; give both or neither');
  }
  if (settings.oidcGroupsClaim !== undefined && settings.oidcIssuer === undefined) {
    throw new Error('Settings refused: oidcGroupsClaim is in tokens of the oidcIssuer; give both or neither');
  }
  if (settings.oidcGroupsClaim !== undefined && settings.oidcPersonClaims === undefined) {
    throw new Error(ROLES_NEED_PEOPLE);
  }
  if (settings.oidcRoleGroups !== undefined && settings.oidcGroupsClaim === undefined) {
    throw new Error(
      'Settings refused: oidcRoleGroups are names in the oidcGroupsClaim; give both or neither',
    );
  }
  if ((settings.domainName === undefined) !== (settings.certificateArn === undefined)) {
    throw new Error('Settings refused: domainName and certificateArn go together; give both or neither');
  }
  if (settings.consoleClientId !== undefined && settings.oidcIssuer === undefined) {
    throw new Error('Settings refused: consoleClientId is a client at the oidcIssuer; give both or neither');
  }
  if (settings.userPool === 'none' && settings.oidcIssuer === undefined) {
    throw new Error(
      'Settings refused: userPool none takes an oidcIssuer, since somebody has to issue tokens',
    );
  }
  if (settings.agentCallbackUrls !== undefined && settings.oidcIssuer !== undefined) {
    throw new Error(
      "Settings refused: agentCallbackUrls make a client of the loop's own user pool, whose tokens are not taken with an oidcIssuer",
    );
  }
  if (settings.machineClients !== undefined && settings.oidcIssuer !== undefined) {
    throw new Error(
      "Settings refused: machineClients are clients of the loop's own user pool, whose tokens are not taken with an oidcIssuer",
    );
  }
  return settings;
}

function refuse<Result>(parsed: z.ZodSafeParseResult<Result>): Result {
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new Error(`Settings refused: ${[...new Set(faults)].join('; ')}`);
}
