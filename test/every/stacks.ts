import { afterAll, beforeAll } from 'vitest';

/** For a file that is refused thousands of times: a refusal is an error, and nobody reads where it was made. */
export function withoutStacks(): void {
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });
}
