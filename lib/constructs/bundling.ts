import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** Lets the few CommonJS packages in a bundle call `require`, which an ES module does not have by itself. */
export const REQUIRE_BANNER =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Ways to credentials that a Lambda function never takes: it finds its role's in its environment, which the SDK looks
 * at first. They are loaded on demand only, and would be a third of the SDK's part of a bundle.
 */
const CREDENTIALS_OF_ELSEWHERE = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/**
 * Parts of the SSH client in machine code, which it does without where they are missing. Lambda has no compiler to build
 * them, and an installation here may have built them for another processor.
 */
const MACHINE_CODE = ['cpu-features', '*.node'];

/** A bundle like any other: an ES module with everything that it imports inside. */
export const PLAIN_BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  // The SDK is bundled so that its version is the tested one; a source map would cost every cold start, and
  // kept names leave stack traces readable without one.
  externalModules: [],
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  sourceMap: false,
  banner: REQUIRE_BANNER,
};

/**
 * The protocol's server brings Ajv, 160 KiB that are compiled at each cold start, to check what it is never asked to
 * check here: our tools have schemas of zod. Its small validator, which it has for browsers, takes Ajv's place.
 */
const SMALL_VALIDATOR = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/server')),
  'shimsBrowser.mjs',
);

/** How the code of every function is bundled: without what is there for machines that are not Lambda. */
export const BUNDLING: BundlingOptions = {
  ...PLAIN_BUNDLING,
  externalModules: [...CREDENTIALS_OF_ELSEWHERE, ...MACHINE_CODE],
  esbuildArgs: { '--alias:@modelcontextprotocol/server/_shims': SMALL_VALIDATOR },
};
