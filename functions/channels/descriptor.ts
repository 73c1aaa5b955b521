import type * as z from 'zod';
import type { ProblemCode } from '../../contract/problems.ts';
import type { IndexId } from '../../contract/table.ts';

/** What a connection of one kind is: pure data, from which its schema, its form and its identity follow. */
export interface ConnectionDescriptor<
  Kind extends string = string,
  Settings extends z.ZodObject = z.ZodObject,
> {
  readonly kind: Kind;
  /** The `settings` of a connection of this kind. */
  readonly settings: Settings;
  /** @returns by what a message names its connection; null where messages of this kind name none */
  identity(settings: z.output<Settings>): SettingsIdentity | null;
  /** @returns the hosts of the channel's own API, to which alone `apiBaseUrl` may lead. @default it has no such setting */
  apiHosts?(settings: z.output<Settings>): readonly string[];
}

/** By what a message names its connection, and the setting that holds it. */
export interface SettingsIdentity {
  readonly identity: string;
  readonly setting: string;
}

/**
 * Where a channel or a carrier sends its messages. The route, the function and its entry file, the secret, the
 * permissions and the OpenAPI operation follow from it.
 */
export interface WebhookDescriptor<Path extends string = string> {
  /**
   * `POST /webhooks/<path>`, answered by `functions/webhooks/<path>.ts`; of lower-case letters. Its secret is
   * `<PATH>_SECRET_ID` to a function, and `local-<path>-secret` on a laptop unless `<PATH>_WEBHOOK_SECRET` names another.
   */
  readonly path: Path;
  /** Who signs what is sent, for example `trading partners`. */
  readonly sender: string;
  /** What is sent, in one sentence. */
  readonly purpose: string;
  readonly signatureHeader: string;
  /** Indexes that the function queries to find what a message is about. @default none */
  readonly indexes?: readonly IndexId[];
  readonly operation: {
    readonly id: string;
    readonly summary: string;
    readonly description: string;
    readonly headers?: z.ZodObject;
    readonly body: z.ZodType;
    /** @default application/json, and the status of the message in the answer */
    readonly mediaType?: string;
    readonly example?: unknown;
    /** What the answer to a message says of orders, beside its status. */
    readonly processed?: z.ZodRawShape;
    readonly problems?: readonly ProblemCode[];
  };
}

/** A channel: where orders come from. */
export interface ChannelDescriptor<
  Kind extends string = string,
  Settings extends z.ZodObject = z.ZodObject,
  Path extends string = string,
> extends ConnectionDescriptor<Kind, Settings> {
  readonly webhook: WebhookDescriptor<Path>;
}

/** @returns the channel as declared; checks its form and keeps its exact types. */
export function defineChannel<
  const Kind extends string,
  Settings extends z.ZodObject,
  const Path extends string,
>(descriptor: ChannelDescriptor<Kind, Settings, Path>): ChannelDescriptor<Kind, Settings, Path> {
  return descriptor;
}
