import type { RouteDescription } from '../template/description.ts';

/** A route, with the request's path parameters as the path has them. */
export interface Match {
  readonly route: RouteDescription;
  /** Still percent-encoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Finds the route of a request, or null when there is none. */
export type FindRoute = (method: string, path: string) => Match | null;

interface Compiled {
  readonly route: RouteDescription;
  readonly method: string;
  readonly segments: readonly string[];
}

/**
 * Routes as an HTTP API does: the path must match as a whole, a literal segment goes before a variable, a variable
 * before a greedy one, and the route's own method before ANY.
 */
export function router(routes: readonly RouteDescription[]): FindRoute {
  const compiled = routes.map(compile).sort(bySpecificity);
  return (method, path) => {
    const segments = segmentsOf(path);
    for (const candidate of compiled) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const parameters = matches(candidate.segments, segments);
      if (parameters !== null) return { route: candidate.route, parameters };
    }
    return null;
  };
}

function compile(route: RouteDescription): Compiled {
  const [method = '', path = ''] = route.routeKey.split(' ');
  return { route, method, segments: segmentsOf(path) };
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').slice(1);
}

/** 0 for a literal, 1 for `{name}`, 2 for `{name+}`. */
function rank(segment: string | undefined): number {
  if (segment === undefined || !segment.startsWith('{')) return 0;
  return segment.endsWith('+}') ? 2 : 1;
}

function bySpecificity(left: Compiled, right: Compiled): number {
  const length = Math.max(left.segments.length, right.segments.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(left.segments[index]) - rank(right.segments[index]);
    if (difference !== 0) return difference;
  }
  return Number(left.method === 'ANY') - Number(right.method === 'ANY');
}

function matches(pattern: readonly string[], path: readonly string[]): Record<string, string> | null {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const given = path[index];
    if (given === undefined) return null;
    const kind = rank(segment);
    if (kind === 2) {
      const rest = path.slice(index).join('/');
      if (rest === '') return null;
      parameters[segment.slice(1, -2)] = rest;
      return parameters;
    }
    if (kind === 0 && given !== segment) return null;
    if (kind === 1) {
      if (given === '') return null;
      parameters[segment.slice(1, -1)] = given;
    }
  }
  return pattern.length === path.length ? parameters : null;
}
