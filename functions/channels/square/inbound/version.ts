/** @returns an order's version as text that sorts as the number does; Square counts in 32 bits. */
export function versionText(version: number): string {
  return String(version).padStart(10, '0');
}
