import type { LogLevel } from './settings.ts';

/** What the local stack says of itself on the error output. */
export interface Report {
  /** A failure that a person has to look at. */
  failure(problem: string, error: unknown): void;
  /** A failure after which the same is done again by itself; printed at LOG_LEVEL=DEBUG alone. */
  retry(problem: string, error: unknown): void;
}

/** Prints failures as one line each, with their stack only to those who asked for details. */
export function reportAt(level: LogLevel): Report {
  const isDetailed = level === 'DEBUG' || level === 'TRACE';
  return {
    failure(problem, error) {
      if (level !== 'SILENT') console.error(`${problem}:`, isDetailed ? error : String(error));
    },
    retry(problem, error) {
      if (isDetailed) console.error(`${problem}; it is done again:`, error);
    },
  };
}
