import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Template = { Resources: Record<string, { Type: string; [key: string]: Json }> };

/**
 * Types that MiniStack does not support and that no other resource needs. The rehearsal leaves them out; the tests of
 * the template check them.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(['AWS::Events::Archive']);

/**
 * Removes what MiniStack does not support from a synthesized cloud assembly, in place.
 *
 * @returns a description of each change
 */
export async function fitToMiniStack(folder: string): Promise<readonly string[]> {
  const changes = new Set<string>();
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.template.json')) continue;
    const template = JSON.parse(await readFile(join(folder, file), 'utf8')) as Template;
    for (const [id, resource] of Object.entries(template.Resources)) {
      if (!LEFT_OUT.has(resource.Type)) continue;
      delete template.Resources[id];
      changes.add(`${resource.Type} is left out`);
    }
    widenAnswers(template, changes);
    simplifyAlarms(template, changes);
    const secrets = Object.keys(template.Resources).filter(
      (id) => template.Resources[id]?.Type === 'AWS::SecretsManager::Secret',
    );
    const fitted = spelledOut(template as unknown as Json, new Set(secrets), changes);
    await writeFile(join(folder, file), JSON.stringify(fitted));
  }
  await nameAnew(folder);
  return [...changes];
}

/**
 * AWS authorizes an answer to a task token on the state machine in the token. MiniStack ignores the token and requires
 * the permission on all resources.
 */
function widenAnswers({ Resources }: Template, changes: Set<string>): void {
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::IAM::Policy') continue;
    const { PolicyDocument } = Properties as unknown as { PolicyDocument: { Statement: Statement[] } };
    for (const statement of PolicyDocument.Statement) {
      if (![statement.Action].flat().every((action) => ANSWERS.has(action))) continue;
      statement.Resource = '*';
      changes.add('answers to task tokens are allowed on all resources');
    }
  }
}

/** MiniStack makes alarms of one metric only; the tests of the template check the expressions. */
function simplifyAlarms({ Resources }: Template, changes: Set<string>): void {
  for (const resource of Object.values(Resources)) {
    if (resource.Type !== 'AWS::CloudWatch::Alarm') continue;
    const { Metrics, ...kept } = resource.Properties as Readonly<Record<string, Json>>;
    const first = (Metrics as unknown as readonly AlarmMetric[] | undefined)?.find(
      ({ MetricStat }) => MetricStat !== undefined,
    )?.MetricStat;
    if (first === undefined) continue;
    const { Metric, Period, Stat } = first;
    const statistic = /^p[0-9]/.test(Stat) ? 'ExtendedStatistic' : 'Statistic';
    resource.Properties = { ...kept, ...Metric, Period, [statistic]: Stat };
    changes.add('alarms over several metrics look at the first of them');
  }
}

interface AlarmMetric {
  /** Absent for the expression over the others. */
  readonly MetricStat?: {
    readonly Metric: Readonly<Record<string, Json>>;
    readonly Period: number;
    readonly Stat: string;
  };
}

interface Statement {
  readonly Action: string | readonly string[];
  Resource: unknown;
}

const ANSWERS: ReadonlySet<string> = new Set(['states:SendTaskSuccess', 'states:SendTaskFailure']);

/**
 * Rewrites what MiniStack resolves differently: its user pool has no issuer attribute, whose format is known, and `Ref`
 * of a secret is the name, where policies need the ARN.
 */
function spelledOut(value: Json, secrets: ReadonlySet<string>, changes: Set<string>): Json {
  if (Array.isArray(value)) return value.map((each) => spelledOut(each, secrets, changes));
  if (value === null || typeof value !== 'object') return value;
  const { 'Fn::GetAtt': attribute, Ref: reference } = value as { 'Fn::GetAtt'?: Json; Ref?: Json };
  if (Array.isArray(attribute) && attribute[1] === 'ProviderURL') {
    changes.add("the user pool's issuer is put together from its id");
    return { 'Fn::Sub': `https://cognito-idp.\${AWS::Region}.amazonaws.com/\${${attribute[0]}}` };
  }
  if (typeof reference === 'string' && secrets.has(reference)) {
    changes.add('secrets are referred to by an attribute');
    return { 'Fn::GetAtt': [reference, 'Id'] };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, spelledOut(each, secrets, changes)]),
  );
}

/** The assembly names templates by the hash of their content, and skips uploads that exist; changed templates need a new hash. */
async function nameAnew(folder: string): Promise<void> {
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.assets.json')) continue;
    const assets = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
      files: Record<string, { source: { path: string } }>;
    };
    for (const [hash, { source }] of Object.entries(assets.files)) {
      if (!source.path.endsWith('.template.json')) continue;
      const template = await readFile(join(folder, source.path));
      const anew = createHash('sha256').update(template).digest('hex');
      for (const named of [file, 'manifest.json']) {
        const text = await readFile(join(folder, named), 'utf8');
        await writeFile(join(folder, named), text.replaceAll(hash, anew));
      }
    }
  }
}
