import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { REQUIRE_BANNER } from './bundling.ts';

const SOURCES = fileURLToPath(new URL('../../functions/tracer', import.meta.url));
const FILE = 'tracer.mjs';

/** Where Lambda lays the layer's module down; functions find it in their environment as `TRACER_PATH`. */
export const TRACER_PATH = `/opt/nodejs/${FILE}`;

/**
 * What functions record traces with, in a layer of its own. It is loaded only when a trace is recorded; in the bundles
 * every cold start would load it.
 */
export class TracerLayer extends LayerVersion {
  /** @returns the layer of the stack that a construct is in: all functions of a stack share one. */
  static of(construct: Construct): TracerLayer {
    const stack = Stack.of(construct);
    const made = stack.node.tryFindChild('Tracer');
    return made instanceof TracerLayer ? made : new TracerLayer(stack, 'Tracer');
  }

  private constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'Records traces of the order loop',
      code: Code.fromAsset(SOURCES, {
        assetHashType: AssetHashType.OUTPUT,
        bundling: {
          // Never fetched: what is bundled here never fails over to a container.
          image: DockerImage.fromRegistry('scratch'),
          local: {
            tryBundle(folder) {
              bundleTracer(join(folder, 'nodejs', FILE));
              return true;
            },
          },
        },
      }),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [Architecture.ARM_64],
    });
  }
}

/** Bundles the tracer with everything that it imports, as one ES module. */
export function bundleTracer(outfile: string): void {
  buildSync({
    entryPoints: [join(SOURCES, 'tracer.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    banner: { js: REQUIRE_BANNER },
    alias: { 'cls-hooked/context': join(SOURCES, 'segment-context.ts') },
    logLevel: 'warning',
  });
}
