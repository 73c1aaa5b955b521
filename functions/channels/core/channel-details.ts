import type { ChannelDetail, ChannelDetailKind } from '../../../domain/order/channel-data.ts';
import { manyLines, oneLine } from './clean.ts';

/** So many details are kept of an order or a line; more are a document of their own, and lie in the message. */
const MAX_DETAILS = 400;

/** @returns something that a channel says, for people to read; nothing where it says nothing. */
export function detail(
  kind: ChannelDetailKind,
  label: string,
  value: string | null | undefined,
): readonly ChannelDetail[] {
  const text = manyLines(value);
  return text === undefined ? [] : [{ kind, label: oneLine(label, 100) ?? 'Without a name', value: text }];
}

/** @returns the details in the order in which they are given, as many as are kept. */
export function details(...given: readonly (readonly ChannelDetail[])[]): readonly ChannelDetail[] {
  return given.flat().slice(0, MAX_DETAILS);
}
