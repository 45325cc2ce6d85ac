/** A defect that somebody could make, and the tests that would tell. */
export interface Bug {
  readonly name: string;
  /** The defence that it takes away. */
  readonly what: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** A test file, and which of its tests fail: the smallest part that catches it. */
  readonly caughtBy: { readonly file: string; readonly test: RegExp };
}
