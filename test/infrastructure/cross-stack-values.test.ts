import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../lib/app.ts';

/** Settings that make stacks give one another more or less than others do. */
const LOOPS = {
  'by default': {},
  'without the console': { hostConsole: false },
  'with an issuer of its own': { oidcIssuer: 'https://login.example.com', oidcAudience: 'orders' },
  'with an issuer of its own and a console': {
    oidcIssuer: 'https://login.example.com',
    oidcAudience: 'orders',
    consoleClientId: 'console',
  },
  'with agents': { agentCallbackUrls: 'http://localhost:8910/callback' },
  'with programs of its own': { machineClients: 'erp=orders/read' },
  'with checkpoints switched off': { checkpoints: 'off' },
  'with a key of its own': {
    encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000',
  },
} as const;
type LoopName = keyof typeof LOOPS;
const NAMES = Object.keys(LOOPS) as LoopName[];

/** What the stacks of a loop give and take by exports, which CloudFormation neither removes nor changes while they are taken. */
interface CrossStackValues {
  /** Value by the name of the export, by stack: `data`, `service`, `console`. */
  readonly exported: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly imported: Readonly<Record<string, readonly string[]>>;
}

const loops = new Map<LoopName, CrossStackValues>();
beforeAll(() => {
  for (const name of NAMES) loops.set(name, valuesOf(LOOPS[name]));
});

function valuesOf(context: Readonly<Record<string, unknown>>): CrossStackValues {
  const exported: Record<string, Record<string, string>> = {};
  const imported: Record<string, string[]> = {};
  for (const { stackName, template } of buildApp({ bundle: false, context }).synth().stacks) {
    const stack = stackName.replace(/^order-loop-dev-/, '');
    const outputs: readonly { Value: unknown; Export?: { Name: string } }[] = Object.values(
      template.Outputs ?? {},
    );
    exported[stack] = Object.fromEntries(
      outputs.flatMap(({ Value, Export }) =>
        Export === undefined ? [] : [[Export.Name, JSON.stringify(Value)]],
      ),
    );
    const found = JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g);
    imported[stack] = [...new Set([...found].map(([, name = '']) => name))].sort();
  }
  return { exported, imported };
}

/** @returns what a deployed stack takes of another and this one would no longer give, or would give another value for */
function missing(taken: readonly string[], loop: CrossStackValues, stack: string): readonly string[] {
  const given = loop.exported[stack] ?? {};
  return taken.filter((name) => name.startsWith(`order-loop-dev-${stack}:`) && !(name in given));
}

const switches = NAMES.flatMap((before) =>
  NAMES.filter((after) => after !== before).map((after) => [before, after] as const),
);

describe.each(switches)('a loop %s is deployed again %s', (before, after) => {
  test('the data stack still exports what the other stacks import', () => {
    const [was, is] = [loops.get(before), loops.get(after)] as [CrossStackValues, CrossStackValues];
    const taken = [...(was.imported.service ?? []), ...(was.imported.console ?? [])];
    expect(missing(taken, is, 'data')).toEqual([]);
    for (const name of taken.filter((each) => each in (is.exported.data ?? {}))) {
      expect(is.exported.data?.[name], name).toBe(was.exported.data?.[name]);
    }
  });

  test('the console imports nothing that the service stack could not remove', () => {
    expect(loops.get(before)?.imported.console ?? []).toEqual([]);
  });
});

interface Release {
  readonly service: readonly string[];
  readonly console: readonly string[];
}
const releases = JSON.parse(
  readFileSync(new URL('../upgrades/release-imports.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Release>>;

describe.each(Object.entries(releases))('release %s is deployed', (_, { service, console }) => {
  test.each(NAMES)('a data stack %s exports what its service stack imports, before and after', (name) => {
    expect(missing(service, loops.get(name) as CrossStackValues, 'data')).toEqual([]);
    expect(missing(console, loops.get(name) as CrossStackValues, 'data')).toEqual([]);
  });

  test('a service stack of the same settings exports what its console imports', () => {
    expect(missing(console, loops.get('by default') as CrossStackValues, 'service')).toEqual([]);
  });
});

test('a user pool that no stack uses any more can be removed', () => {
  const own = { ...LOOPS['with an issuer of its own'], userPool: 'none' };
  const text = JSON.stringify(buildApp({ bundle: false, context: own }).synth().stacks[0]?.template);
  expect(text).not.toContain('AWS::Cognito');
  expect(
    missing(loops.get('with an issuer of its own')?.imported.service ?? [], valuesOf(own), 'data'),
  ).toEqual([]);
});
