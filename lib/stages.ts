import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { CONTEXT_SETTINGS } from './settings.ts';

/** Where the settings of stages lie, one file each: `stages/prod.json`. */
export const STAGES_FOLDER = fileURLToPath(new URL('../stages/', import.meta.url));

/** A stage is part of a file's name; what is no name of a stage is refused with the other settings. */
const STAGE_NAME = /^[a-z0-9-]{1,20}$/;

const StageFile = z.record(z.string(), z.unknown());

/** @returns the settings that a stage's file has to name, `null` where one is left as it is by default */
export function settingsOfAStage(): readonly string[] {
  return CONTEXT_SETTINGS.filter((name) => name !== 'stage');
}

/**
 * Reads the settings of a stage from its file. The file names every setting, so that none is lost by being forgotten:
 * an alarm's address that is deleted, or a flag that somebody leaves out of a command, would otherwise be taken away
 * from a running loop with the next deployment.
 *
 * @param given settings from the command line and from `cdk.json`
 * @param folder of the files of stages
 * @returns the settings that count: those of the file where the stage has one, else those that were given
 * @throws Error when the file lacks a setting, has an unknown one or one that was also given, or when other stages have
 *   files and this one has none
 */
export function stageSettings(
  given: Readonly<Record<string, unknown>>,
  folder: string,
): Readonly<Record<string, unknown>> {
  const stage = String(given.stage ?? '');
  // Without a stage nothing is meant that lasts.
  if (!STAGE_NAME.test(stage) || !existsSync(folder)) return given;
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const name = `${stage}.json`;
  if (!files.includes(name)) {
    if (files.length === 0) return given;
    throw refused(`stages/${name} is missing; there are ${files.sort().join(', ')}`);
  }
  const settings = readStage(join(folder, name), `stages/${name}`);
  const twice = Object.keys(given).filter((key) => key !== 'stage' && given[key] !== undefined);
  if (twice.length > 0)
    throw refused(`${twice.join(', ')}: stages/${name} has the settings of this stage; change them there`);
  return { stage, ...settings };
}

function readStage(path: string, name: string): Readonly<Record<string, unknown>> {
  const parsed = StageFile.safeParse(parsedJson(path));
  if (!parsed.success) throw refused(`${name} is not a JSON object`);
  const known = settingsOfAStage();
  const unknown = Object.keys(parsed.data).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw refused(`${name} has ${unknown.join(', ')}, which is no setting of a stage`);
  const missing = known.filter((key) => !(key in parsed.data));
  if (missing.length > 0)
    throw refused(`${name} lacks ${missing.join(', ')}; null leaves a setting as it is by default`);
  return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== null));
}

function parsedJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function refused(what: string): Error {
  return new Error(`Settings refused: ${what}`);
}
