import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { SCOPES } from '../contract/routes.ts';
import { type ConsoleConfig, type ConsoleParameters, consoleParameters } from './console-stack.ts';
import { ConsoleSite, originOf, type SiteDomain } from './constructs/console-site.ts';
import type { HttpEntry } from './constructs/http-entry.ts';
import type { DataStack } from './data-stack.ts';

/** How the console is served, and how operators sign in to it. */
export interface HostingSettings {
  /** A name of one's own for console and API. @default a name under cloudfront.net */
  readonly domain?: SiteDomain;
  /**
   * The console's client at the issuer that was given: public, authorization code with PKCE, allowed to return to the
   * site's address. @default a client of the loop's own user pool
   */
  readonly clientId?: string;
  /** ARN of a web ACL of AWS WAF with the scope CLOUDFRONT, in us-east-1. @default none */
  readonly webAclArn?: string;
  /** Further addresses that signing in calls on, where the issuer keeps them elsewhere. @default none */
  readonly connectTo?: readonly string[];
}

/** The site, and where the stack of the console's files reads what it has to know of it. */
export interface HostedConsole {
  readonly site: ConsoleSite;
  readonly parameters: ConsoleParameters;
}

/**
 * Makes the site in front of the API, and lets the tokens of its operators in. To be called before the API serves, in
 * the API's own stack: the API knows the client, the client the site, and the site the API.
 *
 * @throws Error when there is an issuer of one's own and no client at it
 */
export function hostConsole(
  scope: Construct,
  loopName: string,
  parts: { readonly http: HttpEntry; readonly data: DataStack },
  settings: HostingSettings,
): HostedConsole {
  const { identity, issuer } = parts.data;
  const site = new ConsoleSite(scope, 'Console', {
    loopName,
    api: parts.http.api,
    issuerOrigins: [
      ...new Set([
        originOf(issuer.issuerUrl),
        ...(identity === undefined ? [] : [identity.signInUrl]),
        ...(settings.connectTo ?? []).map(originOf),
      ]),
    ],
    ...(settings.domain === undefined ? {} : { domain: settings.domain }),
    ...(settings.webAclArn === undefined ? {} : { webAclArn: settings.webAclArn }),
  });
  const clientId = settings.clientId ?? identity?.addOperatorClient(scope, site.url).userPoolClientId;
  if (clientId === undefined) throw new Error('Settings refused: the console needs a client at the issuer');
  parts.http.accept(clientId);
  new CfnOutput(scope, 'ConsoleUrl', { description: 'Address of the console and the API', value: site.url });
  // Where the DNS record of a name of one's own is to lead.
  new CfnOutput(scope, 'SiteTarget', {
    description: 'Name of the distribution',
    value: site.distribution.distributionDomainName,
  });
  const { issuerUrl, personClaims, groupsClaim, roleGroups } = issuer;
  const rules = { personClaims, groupsClaim, roleGroups };
  const endpoints = identity && {
    end_session_endpoint: `${identity.signInUrl}/logout`,
    revocation_endpoint: `${identity.signInUrl}/oauth2/revoke`,
  };
  const config: ConsoleConfig = {
    issuer: issuerUrl,
    clientId,
    scope: SCOPES.join(' '),
    rules,
    ...(endpoints && { endpoints }),
  };
  const parameters = consoleParameters(loopName);
  const write = (id: string, parameterName: string, stringValue: string) =>
    new StringParameter(scope, id, { parameterName, stringValue });
  write('ConsoleBucket', parameters.bucketName, site.bucket.bucketName);
  write('ConsoleConfig', parameters.config, Stack.of(scope).toJsonString(config));
  pinExports(scope, site, settings.clientId === undefined ? [clientId] : []);
  return { site, parameters };
}

/** The console of release 0.1 imports these; it is replaced after this stack, and until then they have to stay. */
function pinExports(scope: Construct, { bucket }: ConsoleSite, clientIds: readonly string[]): void {
  for (const value of [bucket.bucketArn, bucket.bucketName, ...clientIds]) Stack.of(scope).exportValue(value);
}
