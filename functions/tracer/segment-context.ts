/**
 * Stands in for `cls-hooked` in the layer. The X-Ray SDK keeps the segment that is open in it, and it follows every
 * promise of the process to do so, from when it is loaded on: nine times as long for each. Lambda gives an environment
 * one invocation at a time, so the open segment is one variable.
 */
class SegmentContext {
  private readonly values = new Map<string, unknown>();

  /** The SDK takes a context and steps into it, once; there is one anyway. */
  createContext(): this {
    return this;
  }

  enter(): void {}

  get(key: string): unknown {
    return this.values.get(key);
  }

  set(key: string, value: unknown): unknown {
    this.values.set(key, value);
    return value;
  }
}

const contexts = new Map<string, SegmentContext>();

/** @returns the context of that name, empty. */
export function createNamespace(name: string): SegmentContext {
  const context = new SegmentContext();
  contexts.set(name, context);
  return context;
}

/** @returns the context of that name, where there is one. */
export function getNamespace(name: string): SegmentContext | undefined {
  return contexts.get(name);
}
