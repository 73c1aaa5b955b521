import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Chromium is installed on the systems that we know of; CHROMIUM_PATH names another place. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium asks its maker for updates unless it is told not to. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns the path of the Chromium that is installed, or null. */
export function chromiumPath(): string | null {
  const places = [process.env.CHROMIUM_PATH, ...PLACES];
  return places.find((path) => path !== undefined && existsSync(path)) ?? null;
}

/** @throws Error that says what to set when none is installed */
export function launchChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error('no Chromium is installed, and CHROMIUM_PATH names none');
  return chromium.launch({ executablePath, args: QUIET });
}
