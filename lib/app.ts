import { App } from 'aws-cdk-lib/core';
import { OrderLoop } from './order-loop.ts';

export interface BuildAppOptions {
  /**
   * Bundle the functions' code, as a deployment needs. Without it nothing is bundled or staged and the synthesis
   * takes a moment; the templates then only name the functions' entry files.
   */
  readonly bundle: boolean;
  /** Settings that would otherwise come from `cdk.json` or the command line. */
  readonly context?: Record<string, string>;
  /** Folder for the cloud assembly. @default the one that the CDK command names, else a temporary one */
  readonly outdir?: string;
}

/** Builds the app; `buildApp({ bundle: false }).synth()` gives its templates in process. */
export function buildApp({ bundle, context = {}, outdir }: BuildAppOptions): App {
  const app = new App({
    context,
    analyticsReporting: false,
    // What is not deployed needs no validation for CloudFormation, which takes four fifths of the time.
    treeMetadata: bundle,
    builtinCloudFormationValidation: bundle,
    ...(outdir === undefined ? {} : { outdir }),
  });
  new OrderLoop(app, 'OrderLoop', { bundle });
  return app;
}
