import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolClientOptions,
  UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { COGNITO_GROUPS, ROLE_NAMES, ROLES } from '../../contract/roles.ts';
import { AGENT_SCOPES, SCOPES, type Scope } from '../../contract/routes.ts';

/** Who issues the access tokens that the API accepts, and for whom they are meant. */
export interface TokenIssuer {
  /** URL of the OpenID Connect issuer, as in the `iss` claim. */
  readonly issuerUrl: string;
  /** Accepted values of the `aud` claim, or of `client_id` where a token has no audience. */
  readonly audience: readonly string[];
  /**
   * Claims that access tokens of people alone have, separated by blanks, each with any value, with one, or with a
   * beginning: `uid`, `idtyp=user`, `sub=auth0|*`. Whatever has none of them is a program, which decides no approvals.
   * @default 'username', which Cognito writes
   */
  readonly personClaims?: string;
  /**
   * The claim in which tokens of people hold their groups, or a path to it: `groups`, `roles`, `realm_access.roles`. A
   * person then has the scopes that both the token and the person's roles have. @default tokens name no roles
   */
  readonly groupsClaim?: string;
  /**
   * Which group stands for which role, `role=group` with commas in between: `admin=Loop admins,desk=Sales`.
   * @default the group that is named like the role
   */
  readonly roleGroups?: string;
}

/** A program that calls the API by its own credentials, and what it may do. */
export interface MachineClient {
  /** Lower-case letters, digits and hyphens; the client is called so at the user pool. */
  readonly name: string;
  readonly scopes: readonly Scope[];
}

export interface IdentityProps {
  /** Makes the address at which tokens are fetched this stage's own. */
  readonly stage: string;
  readonly removalPolicy: RemovalPolicy;
}

/** What the clients have in common that people sign in with: programs that can keep no secret. */
const CLIENT_OF_PEOPLE = {
  generateSecret: false,
  preventUserExistenceErrors: true,
  enableTokenRevocation: true,
  accessTokenValidity: Duration.hours(1),
  idTokenValidity: Duration.hours(1),
  // A working day; then they sign in anew.
  refreshTokenValidity: Duration.hours(12),
  supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
};

/** A user pool that issues access tokens with the scopes of the contract, for those who bring no issuer of their own. */
export class Identity extends Construct {
  readonly userPool: UserPool;
  /** The client that machines fetch tokens of every scope with (OAuth client credentials). */
  readonly machineClient: UserPoolClient;
  readonly issuer: TokenIssuer;
  /** Address of the pool's sign-in, without a slash at the end. */
  readonly signInUrl: string;
  /** Where access tokens are fetched. */
  readonly tokenUrl: string;
  /** What other stacks make of the pool: its own names, and those of its parts. */
  readonly exports: readonly string[];
  private readonly scopes: ReadonlyMap<string, OAuthScope>;

  constructor(scope: Construct, id: string, props: IdentityProps) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      // Nobody has a telephone number here, and whoever could give somebody one would get in by it.
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy: props.removalPolicy,
    });
    Validations.of(this.userPool).acknowledge({
      id: 'AwsSolutions-COG8',
      reason:
        'Nobody signs up by themselves, and a second factor is asked for; what Plus adds has a price for each operator.',
    });
    const domain = this.userPool.addDomain('Domain', {
      // The prefix is shared by all accounts of a region, so it carries the account's number.
      cognitoDomain: { domainPrefix: `order-loop-${props.stage}-${Aws.ACCOUNT_ID}` },
    });
    this.signInUrl = domain.baseUrl();
    this.tokenUrl = `${this.signInUrl}/oauth2/token`;
    const servers = this.makeResourceServers();
    this.scopes = scopesOf(servers);
    this.machineClient = this.userPool.addClient('MachineClient', this.programWith(SCOPES));
    for (const role of ROLE_NAMES) {
      this.userPool.addGroup(`${role}-role`, { groupName: role, description: ROLES[role].join(' ') });
    }
    this.issuer = {
      issuerUrl: this.userPool.userPoolProviderUrl,
      audience: [this.machineClient.userPoolClientId],
      groupsClaim: COGNITO_GROUPS,
    };
    this.exports = [
      this.userPool.userPoolId,
      this.issuer.issuerUrl,
      domain.domainName,
      this.machineClient.userPoolClientId,
      ...servers.map(({ resourceServer }) => resourceServer.userPoolResourceServerId),
    ];
  }

  /** Makes the client of one program, with a secret and scopes of its own. */
  addMachineClient(scope: Construct, { name, scopes }: MachineClient): UserPoolClient {
    return new UserPoolClient(scope, `MachineClient-${name}`, {
      userPool: this.userPool,
      userPoolClientName: name,
      ...this.programWith(scopes),
    });
  }

  /**
   * Makes the client that operators sign in with in a browser: it has no secret, and proves with PKCE that it is the one
   * that asked.
   *
   * @param site address of the console, without a slash at the end
   */
  addOperatorClient(scope: Construct, site: string): UserPoolClient {
    return new UserPoolClient(scope, 'OperatorClient', {
      ...CLIENT_OF_PEOPLE,
      userPool: this.userPool,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, ...this.scopes.values()],
        callbackUrls: [`${site}/`],
        logoutUrls: [`${site}/`],
      },
    });
  }

  /**
   * Makes the client that people let AI agents sign in with: it has no secret, and proves with PKCE that it is the one that
   * asked. The endpoint of agents alone takes its tokens, so that no agent goes around it and its approvals.
   *
   * @param resource address of that endpoint, which agents' programs name when they ask for a token (RFC 8707) and Cognito
   *   wants to know beforehand
   * @param callbackUrls where these programs take the answer
   */
  addAgentClient(scope: Construct, resource: string, callbackUrls: readonly string[]): UserPoolClient {
    new UserPoolResourceServer(scope, 'AgentEndpoint', {
      userPool: this.userPool,
      identifier: resource,
      userPoolResourceServerName: 'agents',
    });
    return new UserPoolClient(scope, 'AgentClient', {
      ...CLIENT_OF_PEOPLE,
      userPool: this.userPool,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: this.scopesNamed(AGENT_SCOPES),
        callbackUrls: [...callbackUrls],
      },
    });
  }

  private programWith(scopes: readonly Scope[]): UserPoolClientOptions {
    return {
      generateSecret: true,
      accessTokenValidity: Duration.hours(1),
      enableTokenRevocation: true,
      oAuth: { flows: { clientCredentials: true }, scopes: this.scopesNamed(scopes) },
    };
  }

  private scopesNamed(names: readonly Scope[]): OAuthScope[] {
    return names.flatMap((name) => this.scopes.get(name) ?? []);
  }

  /** A scope of the contract is `<resource server>/<scope>`, which is how Cognito writes it into a token. */
  private makeResourceServers(): readonly MadeServer[] {
    const namesByServer = Map.groupBy(
      SCOPES.map((scope) => scope.split('/') as [string, string]),
      ([server]) => server,
    );
    return [...namesByServer].map(([server, pairs]) => {
      const scopes = pairs.map(
        ([, name]) => new ResourceServerScope({ scopeName: name, scopeDescription: `${name} ${server}` }),
      );
      const settings = { identifier: server, scopes };
      return {
        server,
        scopes,
        resourceServer: this.userPool.addResourceServer(`${server}-scopes`, settings),
      };
    });
  }
}

interface MadeServer {
  /** What the scopes begin with, for example `orders`. */
  readonly server: string;
  readonly scopes: readonly ResourceServerScope[];
  readonly resourceServer: UserPoolResourceServer;
}

/** @returns each scope of the contract by its name */
function scopesOf(servers: readonly MadeServer[]): ReadonlyMap<string, OAuthScope> {
  return new Map(
    servers.flatMap(({ server, scopes, resourceServer }) =>
      scopes.map(
        (scope) =>
          [`${server}/${scope.scopeName}`, OAuthScope.resourceServer(resourceServer, scope)] as const,
      ),
    ),
  );
}
