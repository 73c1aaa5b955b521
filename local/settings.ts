import { notificationVariable, WEBHOOKS, type WebhookPath, webhookRecord } from '../contract/webhooks.ts';

/** What `npm start` reads from its environment. */
export interface Settings {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Folder that keeps everything, or null to keep nothing. */
  readonly dataFolder: string | null;
  /** A DynamoDB-compatible endpoint to use in place of the embedded store. */
  readonly storeEndpoint: string | null;
  /** Whether an empty store gets the sample orders. */
  readonly seed: boolean;
  /** Lowest level that the functions log, and whether failures of the local stack itself are logged. */
  readonly logLevel: LogLevel;
  /** How the console signs in: `instant` asks nobody, `issuer` goes to the local issuer as a deployed one does. */
  readonly signIn: SignIn;
  readonly webhookSecrets: WebhookSecrets;
  /** The caller's own variables that functions may read, for example `SQUARE_NOTIFICATION_URL`. */
  readonly passedThrough: Readonly<Record<string, string>>;
}

/** The secret of each webhook, by its path. */
export type WebhookSecrets = Readonly<Record<WebhookPath, string>>;

export type SignIn = (typeof SIGN_INS)[number];
const SIGN_INS = ['instant', 'issuer'] as const;

const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT', 'CRITICAL'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Variables that functions know and the template leaves to the outside. */
const PASSED_THROUGH = WEBHOOKS.map(({ path }) => notificationVariable(path));

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment of `npm start`.
 *
 * @throws Error that names the variable at fault
 */
export function readSettings(environment: Environment): Settings {
  const given = (name: string) => {
    const value = environment[name]?.trim();
    return value === '' ? undefined : value;
  };
  const dataFolder = given('DATA_DIR') ?? '.data';
  return {
    host: given('HOST') ?? '127.0.0.1',
    port: port(given('PORT') ?? '4000'),
    dataFolder: dataFolder === ':memory:' ? null : dataFolder,
    storeEndpoint: endpoint(given('DYNAMODB_ENDPOINT')),
    seed: oneOf('SEED', ['demo', 'none'], given('SEED') ?? 'demo') === 'demo',
    signIn: oneOf('SIGN_IN', SIGN_INS, given('SIGN_IN') ?? 'instant'),
    // Less than the template says, so that the banner stays in sight.
    logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, (given('LOG_LEVEL') ?? 'WARN').toUpperCase()),
    webhookSecrets: webhookSecrets(given),
    passedThrough: Object.fromEntries(
      PASSED_THROUGH.flatMap((name) => {
        const value = given(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}

/** The secrets that local senders sign with unless the environment names others. */
export function webhookSecrets(
  given: (name: string) => string | undefined = () => undefined,
): WebhookSecrets {
  return webhookRecord(({ path }) => given(`${path.toUpperCase()}_WEBHOOK_SECRET`) ?? `local-${path}-secret`);
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new Error(`PORT is not a port number: ${text}`);
  return value;
}

function endpoint(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new Error(`DYNAMODB_ENDPOINT is not an http address: ${text}`);
  }
  return text;
}

function oneOf<Value extends string>(name: string, allowed: readonly Value[], text: string): Value {
  const value = allowed.find((each) => each === text);
  if (value === undefined) throw new Error(`${name} is one of ${allowed.join(', ')}, not ${text}`);
  return value;
}
