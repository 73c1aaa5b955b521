import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Whether an address may be posted to: https, and a name that stands for public addresses alone. It is looked at again
 * whenever something is posted, since names move; this is for telling whoever configures it at once.
 *
 * @returns why not, or null
 */
export async function whyNotPublic(address: string): Promise<string | null> {
  const { protocol, hostname } = new URL(address);
  if (protocol !== 'https:') return 'an https address';
  const host = hostname.replace(/^\[|\]$/g, '');
  let found: readonly string[];
  try {
    found = isIP(host) ? [host] : (await lookup(host, { all: true })).map((each) => each.address);
  } catch {
    return `a name that resolves; ${host} does not`;
  }
  return found.every(isPublicAddress) ? null : 'a public address';
}

/** @returns whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast';
}
