/** A shortage of a line or a lot. */
export interface Shortage {
  readonly lineNumber?: number;
  readonly sku: string;
  readonly lotNumber?: string;
  readonly requested: number;
  readonly available: number;
}

/** A refused command. The code is the problem code of the API. */
export type Rejection =
  | {
      readonly code: 'illegal_transition';
      readonly detail: string;
      readonly state: string;
      readonly command: string;
      readonly allowed: readonly string[];
    }
  | { readonly code: 'insufficient_stock'; readonly detail: string; readonly shortages: readonly Shortage[] }
  | { readonly code: 'case_pack'; readonly detail: string; readonly errors: readonly FieldError[] }
  | { readonly code: 'validation_failed'; readonly detail: string; readonly errors: readonly FieldError[] }
  | { readonly code: 'not_found'; readonly detail: string };

/** What is wrong with one field of a command; `path` is written like `lines[0].quantity`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** The result of a command: its events, or the reason of its refusal. */
export type Decision<Event> = { readonly events: readonly Event[] } | { readonly rejection: Rejection };

/** The command is accepted and these events happen. */
export function accept<Event>(...events: readonly Event[]): Decision<Event> {
  return { events };
}

/** The command is refused. */
export function refuse(rejection: Rejection): { readonly rejection: Rejection } {
  return { rejection };
}

/** One wrong field. */
export function invalid(path: string, message: string): { readonly rejection: Rejection } {
  return refuse({ code: 'validation_failed', detail: `${path}: ${message}`, errors: [{ path, message }] });
}

/** @returns never; the compiler reports a switch that misses a case. */
export function unreachable(value: never): never {
  throw new Error(`unhandled: ${JSON.stringify(value)}`);
}
