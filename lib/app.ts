import { readFileSync } from 'node:fs';
import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import { App, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { DEFAULT_RETENTION } from './constructs/checkpoint-archive.ts';
import type { HostingSettings } from './hosting.ts';
import { OrderLoop, type OrderLoopProps } from './order-loop.ts';
import { CONTEXT_SETTINGS, type ContextSettings, readContext } from './settings.ts';
import { stageSettings } from './stages.ts';

export interface BuildAppOptions {
  /**
   * Bundle the functions' code, as a deployment needs. Without it nothing is bundled or staged and the synthesis
   * takes a moment; the templates then only name the functions' entry files.
   */
  readonly bundle: boolean;
  /** Settings that would otherwise come from `cdk.json` or the command line. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Folder for the cloud assembly. @default the one that the CDK command names, else a temporary one */
  readonly outdir?: string;
  /** Where the files of stages lie. @default settings come from the context alone */
  readonly stagesFolder?: string;
}

/**
 * Builds the app; `buildApp({ bundle: false }).synth()` gives its templates in process.
 *
 * @throws Error that names every setting at fault
 */
export function buildApp({ bundle, context = {}, outdir, stagesFolder }: BuildAppOptions): App {
  const app = new App({
    context: { ...projectContext(), ...context },
    analyticsReporting: false,
    // What is not deployed needs no validation for CloudFormation, which takes most of the time.
    treeMetadata: bundle,
    builtinCloudFormationValidation: bundle,
    ...(outdir === undefined ? {} : { outdir }),
  });
  const given = Object.fromEntries(CONTEXT_SETTINGS.map((name) => [name, app.node.tryGetContext(name)]));
  const settings = readContext(stagesFolder === undefined ? given : stageSettings(given, stagesFolder));
  new OrderLoop(app, 'OrderLoop', { bundle, ...loopProps(settings) });
  return app;
}

/** The context of `cdk.json`, which the CDK command reads too: with or without it the templates are the same. */
function projectContext(): Record<string, unknown> {
  const project = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')) as {
    context: Record<string, unknown>;
  };
  return project.context;
}

function loopProps(settings: ContextSettings): OrderLoopProps {
  const { oidcIssuer, oidcAudience, oidcPersonClaims, oidcGroupsClaim, oidcRoleGroups, ...rest } = settings;
  const { logLevel, logRetentionDays, removalPolicy, ...others } = rest;
  const {
    queueAfterSeconds,
    domainName,
    certificateArn,
    consoleClientId,
    hostConsole,
    userPool,
    webAclArn,
    checkpoints,
    checkpointRetentionDays,
    ...plain
  } = others;
  const hosting: HostingSettings = {
    ...(domainName === undefined || certificateArn === undefined
      ? {}
      : { domain: { name: domainName, certificateArn } }),
    ...(consoleClientId === undefined ? {} : { clientId: consoleClientId }),
    ...(webAclArn === undefined ? {} : { webAclArn }),
  };
  // With an issuer of one's own there is a console where it has a client there.
  const canSignIn = oidcIssuer === undefined || consoleClientId !== undefined;
  return {
    ...plain,
    checkpoints:
      checkpoints === 'off' || checkpoints === 'none'
        ? checkpoints
        : {
            mode: checkpoints ?? DEFAULT_RETENTION.mode,
            duration:
              checkpointRetentionDays === undefined
                ? DEFAULT_RETENTION.duration
                : Duration.days(checkpointRetentionDays),
          },
    hosting: (hostConsole ?? canSignIn) && hosting,
    ...(oidcIssuer === undefined || oidcAudience === undefined
      ? {}
      : {
          issuer: {
            issuerUrl: oidcIssuer,
            audience: oidcAudience,
            ...(oidcPersonClaims === undefined ? {} : { personClaims: oidcPersonClaims }),
            ...(oidcGroupsClaim === undefined ? {} : { groupsClaim: oidcGroupsClaim }),
            ...(oidcRoleGroups === undefined ? {} : { roleGroups: oidcRoleGroups }),
          },
        }),
    ...(userPool === undefined ? {} : { keepsUserPool: userPool === 'keep' }),
    ...(logLevel === undefined ? {} : { logLevel: ApplicationLogLevel[logLevel] }),
    ...(logRetentionDays === undefined ? {} : { logRetention: logRetentionDays }),
    ...(removalPolicy === 'destroy' ? { removalPolicy: RemovalPolicy.DESTROY } : {}),
    ...(queueAfterSeconds === undefined ? {} : { queueAfter: Duration.seconds(queueAfterSeconds) }),
  };
}
