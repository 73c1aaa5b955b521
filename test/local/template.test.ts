// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import { describe, expect, test } from 'vitest';
import { ROUTES, routeKey } from '../../contract/routes.ts';
import { router } from '../../local/gateway/router.ts';
import { cachedSynthesis } from '../../local/template/cached-synthesis.ts';
import { resolveStacks } from '../../local/template/intrinsics.ts';
import { localNames } from '../../local/template/names.ts';
import { readTemplate } from '../../local/template/read-template.ts';
import { type Resource, type Stack, synthesize, type Template } from '../../local/template/synthesize.ts';
import { FIXTURE_STACKS } from '../../testing/small-stack/template.ts';

const API = 'http://127.0.0.1:4000';
const AWS = 'http://127.0.0.1:4001';

/** Works out one value in a template. */
function resolved(value: unknown, more: Partial<Template> = {}): unknown {
  const template: Template = { ...more, Resources: { ...more.Resources, It: queue({ Value: value }) } };
  const resources = resolveStacks([{ name: 'stack', template }], localNames(API, AWS));
  return resources.find(({ logicalId }) => logicalId === 'It')?.properties.Value;
}

function queue(properties: Record<string, unknown>): Resource {
  return { Type: 'AWS::SQS::Queue', Properties: properties };
}

describe('references', () => {
  const Resources = { Letters: queue({ QueueName: 'letters' }) };
  const Conditions = {
    IsHere: { 'Fn::Equals': ['a', { Ref: 'Letter' }] },
    IsNot: { 'Fn::Not': [{ Condition: 'IsHere' }] },
  };
  const Parameters = { Letter: { Default: 'a' } };

  test.each([
    ['Ref', { Ref: 'Letters' }, `${AWS}/000000000000/letters`],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Letters', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:letters'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Letters.QueueName' }, 'letters'],
    ['a parameter', { Ref: 'Letter' }, 'a'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Letter' }]] }, 'a-a'],
    [
      'Fn::Sub',
      { 'Fn::Sub': ['${Letter}${Own}${!Kept}${Letters.QueueName}', { Own: 'x' }] },
      'ax${Kept}letters',
    ],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::If', { 'Fn::If': ['IsHere', 1, 2] }, 1],
    ['Fn::If otherwise', { 'Fn::If': ['IsNot', 1, 2] }, 2],
    ['nothing at all', ['a', { Ref: 'AWS::NoValue' }], ['a']],
  ])('%s', (_, value, expected) => {
    expect(resolved(value, { Resources, Conditions, Parameters })).toEqual(expected);
  });

  test.each([
    ['something that is not there', { Ref: 'Nobody' }, /Nobody/],
    ['an attribute that is not known', { 'Fn::GetAtt': ['Letters', 'Colour'] }, /Colour of Letters/],
    ['an import that nobody exports', { 'Fn::ImportValue': 'elsewhere' }, /elsewhere/],
    ['an unknown function', { 'Fn::Cidr': ['10.0.0.0/8', 1, 1] }, /Fn::Cidr/],
  ])('%s is an error that names it', (_, value, message) => {
    expect(() => resolved(value, { Resources })).toThrow(message);
  });

  test('what depends on a condition that does not hold is left out', () => {
    const template: Template = {
      Conditions,
      Parameters,
      Resources: { Gone: { ...queue({}), Condition: 'IsNot' } },
    };
    expect(resolveStacks([{ name: 'stack', template }], localNames(API, AWS))).toEqual([]);
  });
});

describe('what cannot be served locally is refused, not left out', () => {
  const changed = (logicalId: string, change: Partial<Resource>): readonly Stack[] =>
    FIXTURE_STACKS.map(({ name, template }) => {
      const resource = template.Resources?.[logicalId];
      if (resource === undefined) return { name, template };
      return {
        name,
        template: {
          ...template,
          Resources: { ...template.Resources, [logicalId]: { ...resource, ...change } },
        },
      };
    });

  test.each([
    [
      'a schedule by the calendar',
      'Rule',
      { Properties: { ScheduleExpression: 'cron(0 8 * * ? *)' } },
      /runs at cron.*not known locally/,
    ],
    [
      'a schedule of something else than functions',
      'Rule',
      { Properties: { ScheduleExpression: 'rate(1 day)', Targets: [{ Arn: 'arn:aws:sqs:x' }] } },
      /not a function/,
    ],
    [
      'a target that is no queue',
      'Rule',
      { Properties: { EventPattern: {}, Targets: [{ Arn: 'arn:aws:lambda:x' }] } },
      /not a plain queue/,
    ],
    [
      'a route to no function',
      'Integration',
      { Properties: { IntegrationType: 'HTTP_PROXY' } },
      /not a function/,
    ],
    [
      'another kind of authorizer',
      'Store',
      { Properties: { RouteKey: 'GET /', AuthorizationType: 'AWS_IAM', Target: 'integrations/Integration' } },
      /AWS_IAM/,
    ],
    [
      'a definition with an open place',
      'Machine',
      { Properties: { DefinitionString: '{"a":"${Open}"}' } },
      /Open/,
    ],
  ])('%s', (_, logicalId, change, message) => {
    expect(() => readTemplate(changed(logicalId, change), API, AWS)).toThrow(message);
  });
});

describe('the app itself', async () => {
  const stacks = await synthesize();
  const description = readTemplate(stacks, API, AWS);

  test('is synthesized once for as long as nothing of it changes', async () => {
    expect(cachedSynthesis({}).find()).toEqual(stacks);
    expect(await synthesize()).toEqual(stacks);
    const other = cachedSynthesis({ test: 'template.test.ts' });
    other.keep([]);
    expect(cachedSynthesis({ test: 'template.test.ts' }).find()).toEqual([]);
    expect(cachedSynthesis({ test: 'another' }).find()).toBeNull();
  });

  test('a setting that it refuses is named, without a stack trace', async () => {
    const refusal = await synthesize({ queueAfterSeconds: 'soon' }).catch((error: Error) => error.message);
    expect(refusal).toMatch(/queueAfterSeconds/);
    expect(refusal).not.toMatch(/\n\s+at /);
  });

  test('every route of the contract leads to a function', () => {
    const find = router(description.routes);
    for (const route of ROUTES) {
      expect(find(route.method, route.path.replaceAll(/\{\w+\}/g, 'x'))?.route.routeKey).toBe(
        routeKey(route),
      );
    }
  });

  test('every mapping, rule and queue leads somewhere that is there', () => {
    const functions = description.functions.map(({ arn }) => arn);
    const queues = description.queues.map(({ arn }) => arn);
    for (const mapping of description.mappings) {
      expect(functions).toContain(mapping.functionArn);
      expect([...queues, description.table.streamArn]).toContain(mapping.sourceArn);
      if (mapping.failureQueueArn !== null) expect(queues).toContain(mapping.failureQueueArn);
    }
    for (const rule of description.rules) {
      expect(description.busNames).toContain(rule.busName);
      for (const target of rule.queueArns) expect(queues).toContain(target);
    }
    expect(description.schedules.length).toBeGreaterThan(0);
    for (const { everyMilliseconds, functionArns } of description.schedules) {
      expect(everyMilliseconds).toBe(300_000);
      expect(functions).toEqual(expect.arrayContaining([...functionArns]));
      expect(functionArns).toHaveLength(1);
    }
  });

  test('no variable of a function is left unresolved', () => {
    for (const { environment } of description.functions) {
      expect(Object.values(environment).join()).not.toMatch(/\$\{|\[object/);
    }
  });
});
