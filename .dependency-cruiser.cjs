/** The rules of the house: who may import whom. `npm run check` fails when one is broken. */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'The domain imports itself, zod and the money library; no I/O, no SDK, no other folder.',
      severity: 'error',
      from: { path: '^domain/' },
      to: { pathNot: ['^domain/', '^node_modules/(zod|dinero[.]js)/'] },
    },
    {
      name: 'contract-is-data',
      comment: 'Routes, schemas and names for the outside rest on the domain and on what channels declare.',
      severity: 'error',
      from: { path: '^contract/' },
      to: {
        pathNot: [
          '^contract/',
          '^domain/',
          '^functions/(channels|carriers)/(descriptor|descriptors|webhooks)[.]ts$',
          '^node_modules/(zod|zod-openapi)/',
        ],
      },
    },
    {
      name: 'descriptors-are-data',
      comment:
        'What a channel declares is read by the contract, the templates and the laptop: no behaviour in it.',
      severity: 'error',
      from: {
        path: '^functions/(channels|carriers)/.*(descriptor|descriptors|webhook|webhooks|connection-settings|payment-rules)[.]ts$',
      },
      to: {
        pathNot: [
          '^functions/(channels|carriers)/.*(descriptor|descriptors|webhook|webhooks|connection-settings|payment-rules)[.]ts$',
          '^functions/carriers/[a-z]+/message[.]ts$',
          '^functions/channels/edi/(x12/versions|partner-rules)[.]ts$',
          '^contract/(problems|secrets|table)[.]ts$',
          '^domain/',
          '^node_modules/zod/',
        ],
      },
    },
    {
      name: 'channels-stay-apart',
      comment: 'A channel knows what all share, and no other channel.',
      severity: 'error',
      from: { path: '^functions/channels/([a-z]+)/', pathNot: '^functions/channels/core/' },
      to: { path: '^functions/channels/[a-z]+/', pathNot: '^functions/channels/(core|$1)/' },
    },
    {
      name: 'channels-through-the-registry',
      comment:
        'Whoever deals with all channels asks the registry; the entry of one webhook names its channel.',
      severity: 'error',
      from: {
        path: '^functions/',
        pathNot: '^functions/(channels/|webhooks/|api/imports[.]ts$|messages/inbound-registry[.]ts$)',
      },
      to: { path: '^functions/channels/[a-z]+/', pathNot: '^functions/channels/core/' },
    },
    {
      name: 'clients-know-the-contract-alone',
      comment: 'What runs at a partner holds nothing of how the loop is built.',
      severity: 'error',
      from: { path: '^clients/' },
      to: {
        pathNot: '^(clients|contract|node_modules/openapi-fetch|node_modules/standardwebhooks)/',
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'aws-behind-adapters',
      comment: 'Only adapters speak to AWS.',
      severity: 'error',
      from: { path: '^(functions|domain|contract)/', pathNot: '^functions/adapters/' },
      to: { path: '^node_modules/@aws-sdk/' },
    },
    {
      name: 'use-cases-know-no-edge',
      comment: 'Use cases are the same from every entry and over every store: their ports stand beside them.',
      severity: 'error',
      from: { path: '^functions/(orders|inventory|fulfillment|finance|events|agents|reporting)/' },
      to: {
        path: '^functions/(api|webhooks|tasks|stream|consumers|mcp|middleware|adapters|channels/(?!core/)|wiring)',
      },
    },
    {
      name: 'adapters-know-no-entry',
      severity: 'error',
      from: { path: '^functions/adapters/' },
      to: { path: '^functions/(api|webhooks|tasks|stream|consumers|mcp|middleware)/' },
    },
    {
      name: 'x12-is-a-module-of-its-own',
      comment:
        "X12 is read and written without knowing whose orders they are; GS1's numbers are a standard too.",
      severity: 'error',
      from: { path: '^functions/channels/edi/x12/' },
      to: {
        path: '^(functions|domain|contract)/',
        pathNot: '^(functions/channels/edi/x12/|domain/gs1\\.ts$)',
      },
    },
    {
      name: 'entries-stay-apart',
      comment: 'What two entry folders share belongs to a use case, the middleware or the domain.',
      severity: 'error',
      from: { path: '^functions/(api|webhooks|tasks|stream|consumers|mcp)/' },
      to: {
        path: '^functions/(api|webhooks|tasks|stream|consumers|mcp)/',
        pathNot: '^functions/$1/',
      },
    },
    {
      name: 'infrastructure-names-entries-only',
      comment: 'The CDK app knows functions by the path of their entry file.',
      severity: 'error',
      from: { path: '^(lib|bin)/' },
      to: { path: '^(functions|local|console)/' },
    },
    {
      name: 'production-knows-no-test',
      severity: 'error',
      from: { path: '^(domain|contract|functions|lib|bin)/' },
      to: { path: '^(test|testing|local|bench|scripts)/' },
    },
    {
      name: 'kit-scripts-and-benchmarks-stay-apart',
      comment: 'What two of them need, or one of them and a test, stands in testing/.',
      severity: 'error',
      from: { path: '^(testing|scripts|bench)/' },
      to: { path: '^(test|scripts|bench)/', pathNot: '^$1/' },
    },
    {
      name: 'tests-import-scripts-only-to-test-them',
      severity: 'error',
      from: { path: '^test/' },
      to: {
        path: '^(scripts|bench)/',
        pathNot: '^scripts/(client|cost|crash|events|licences|sbom|shopify)/',
      },
    },
    {
      name: 'no-development-dependency-in-production',
      severity: 'error',
      from: { path: '^(domain|contract|functions)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'properties-have-a-fixed-seed',
      comment: 'testing/fast-check.ts sets the seed: a check that fails by luck says nothing about a change.',
      severity: 'error',
      from: { path: '^(test|testing)/', pathNot: '^testing/fast-check[.]ts$' },
      to: { path: '^node_modules/fast-check/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
