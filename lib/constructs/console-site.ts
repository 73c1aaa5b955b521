import { fileURLToPath } from 'node:url';
import type { IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AccessLevel,
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Annotations, Aws, Duration, Fn, RemovalPolicy, Token, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ROUTES } from '../../contract/routes.ts';

/** A name of one's own for the site, with the certificate that proves it. */
export interface SiteDomain {
  /** For example `orders.example.com`; its DNS record is to lead to the distribution. */
  readonly name: string;
  /** ARN of a certificate for the name, in us-east-1, where CloudFront looks for it. */
  readonly certificateArn: string;
}

export interface ConsoleSiteProps {
  /** Makes names that CloudFront shares in a whole account this loop's own, for example `order-loop-dev`. */
  readonly loopName: string;
  readonly api: IHttpApi;
  /** Addresses beside its own that the console speaks to: those of the issuer of tokens. */
  readonly issuerOrigins: readonly string[];
  /** @default a name under cloudfront.net */
  readonly domain?: SiteDomain;
  /** ARN of a web ACL of AWS WAF for CloudFront, which judges every request first. @default none */
  readonly webAclArn?: string;
}

/** The errors that CloudFront would keep for ten seconds and answer with in place of the API (its developer guide). */
const CACHED_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

const VIEWS = fileURLToPath(new URL('./console-views.js', import.meta.url));

/**
 * The operators' console: its files in a bucket that CloudFront alone reads, with the API under the same address, so
 * that nothing has to be allowed across origins. A path of no API route is a view of the console; what the API answers
 * is handed through as it is, refusals and 404s too.
 */
export class ConsoleSite extends Construct {
  /** Where the built files go. */
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  /** Address of the site, without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ConsoleSiteProps) {
    super(scope, id);
    const { loopName, api, issuerOrigins, domain, webAclArn } = props;
    // Its files can be built again at any time; but CloudFormation deletes no bucket that is not empty.
    this.bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'It holds the built console, which anyone may load; nothing in it is worth a record of readers.',
    });

    // CloudFront's names are shared by all regions of an account.
    const name = (what: string) => `${loopName}-${Aws.REGION}-${what}`;
    const files = S3BucketOrigin.withOriginAccessControl(this.bucket, {
      originAccessControl: new S3OriginAccessControl(this, 'Access', {
        originAccessControlName: name('console'),
      }),
      // To those who may list, a file that is not there is a 404; to others a 403.
      originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
    });
    const views = new EdgeFunction(this, 'Views', {
      functionName: name('views'),
      comment: 'Shows the console for every path that names none of its files',
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromFile({ filePath: VIEWS }),
    });
    const pages = new ResponseHeadersPolicy(this, 'Pages', {
      responseHeadersPolicyName: name('pages'),
      comment: 'What the pages of the console may load and do',
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: contentPolicy(issuerOrigins), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: true,
          override: true,
        },
      },
    });
    // What API Gateway refuses by itself has no headers of a function; theirs say more, and stay.
    const answers = new ResponseHeadersPolicy(this, 'Answers', {
      responseHeadersPolicyName: name('answers'),
      comment: 'What browsers may do with answers of the API',
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: ANSWER_POLICY, override: false },
        contentTypeOptions: { override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: false },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(730),
          includeSubdomains: true,
          override: true,
        },
      },
    });
    const toApi = {
      origin: new HttpOrigin(Fn.select(2, Fn.split('/', api.apiEndpoint))),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy: answers,
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `${loopName}: console and API`,
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        origin: files,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: pages,
        functionAssociations: [{ function: views, eventType: FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: Object.fromEntries(apiPaths().map((path) => [path, toApi])),
      // A refusal is of one request alone: the next one may have the right token, and a shop retries at once.
      errorResponses: CACHED_ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      ...(webAclArn === undefined ? {} : { webAclId: webAclArn }),
      ...(domain === undefined
        ? {}
        : {
            domainNames: [domain.name],
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
            certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
          }),
    });
    this.url = `https://${domain?.name ?? this.distribution.distributionDomainName}`;
    this.acknowledge(props);
  }

  private acknowledge({ domain, webAclArn }: ConsoleSiteProps): void {
    Validations.of(this.distribution).acknowledge(
      {
        id: 'AwsSolutions-CFR1',
        reason:
          'Where its operators and customers are, the team that deploys it knows; nothing is sold here.',
      },
      {
        id: 'AwsSolutions-CFR3',
        reason:
          'Its log would hold the paths, and with them the tokens of portal links; the API keeps an access log without them.',
      },
    );
    // The distribution has a root object, so that the list itself is never asked for.
    Annotations.of(this.distribution).acknowledgeWarning(
      '@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'The default root object is set.',
    );
    if (webAclArn === undefined) {
      Validations.of(this.distribution).acknowledge({
        id: 'AwsSolutions-CFR2',
        reason:
          'A firewall has a price by the month; the API is throttled by route, and takes nothing without a token or signature.',
      });
    }
    if (domain !== undefined) return;
    Validations.of(this.distribution).acknowledge({
      id: 'AwsSolutions-CFR4',
      reason:
        'Under a name of cloudfront.net AWS sets the oldest protocol itself; with domainName it is TLS 1.2.',
    });
  }
}

/** @returns the paths of the contract as CloudFront matches them: `/v1/*` for all below it, `/docs` for a single one. */
function apiPaths(): readonly string[] {
  const patterns = ROUTES.map(({ path }) => {
    const [first, ...more] = path.slice(1).split('/');
    return more.length === 0 ? `/${first}` : `/${first}/*`;
  });
  return [...new Set(patterns)];
}

/** @returns the origin of an address that may be known only when it is deployed. */
export function originOf(address: string): string {
  return Token.isUnresolved(address)
    ? `https://${Fn.select(2, Fn.split('/', address))}`
    : new URL(address).origin;
}

/** Nothing in an answer is run, shown in a frame, or loaded. */
const ANSWER_POLICY =
  "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Its own files and its issuer, and nothing of anyone else. The component library sets styles while it runs. */
function contentPolicy(issuerOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...issuerOrigins].join(' ')}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
