/**
 * @param url where the webhook is reached
 * @param apiBaseUrl where the shop is reached, if not at its usual address
 * @returns whether a shop can send to the address: one outside needs HTTPS, a fake of this machine does not
 */
export function isReachable(url: string, apiBaseUrl: string | undefined): boolean {
  return url.startsWith('https://') || (apiBaseUrl?.startsWith('http://127.0.0.1') ?? false);
}
