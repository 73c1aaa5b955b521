import type { components } from './api.ts';

type Problem = components['schemas']['Problem'];
export type ProblemCode = Problem['code'];

const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** A request that the API refused. */
export class OrderLoopError extends Error {
  readonly status: number;
  /** What the API says of it; null where the refusal comes from something in front of the API. */
  readonly problem: Problem | null;
  constructor(status: number, problem: Problem | null) {
    super(problem === null ? `the request was refused with status ${status}` : problem.detail);
    this.name = 'OrderLoopError';
    this.status = status;
    this.problem = problem;
  }

  /** The code to decide by, for example `insufficient_stock`; null without a problem document. */
  get code(): ProblemCode | null {
    return this.problem?.code ?? null;
  }
}

/** What a method of the client resolves to: `data`, or `error` when the request was refused. */
export interface Result {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/** The result of a request that was not refused. */
type Accepted<Of extends Result> = Extract<Of, { error?: undefined }>;

/**
 * Waits for a request and returns the data of its response.
 *
 * @throws OrderLoopError when the API refused the request
 */
export async function dataOf<Of extends Result>(request: Promise<Of>): Promise<Accepted<Of>['data']> {
  const result = await request;
  if (isAccepted(result)) return result.data;
  const { error, response } = result;
  throw new OrderLoopError(response.status, isProblem(error, response) ? error : null);
}

function isAccepted<Of extends Result>(result: Of): result is Accepted<Of> {
  return result.response.ok;
}

function isProblem(value: unknown, response: Response): value is Problem {
  const mediaType = response.headers.get('content-type') ?? '';
  return mediaType.startsWith(PROBLEM_MEDIA_TYPE) && typeof value === 'object' && value !== null;
}

/** @returns the problem document that a response holds, or null. */
export async function problemIn(response: Response): Promise<Problem | null> {
  if (response.ok) return null;
  const value: unknown = await response.json().catch(() => null);
  return isProblem(value, response) ? value : null;
}
