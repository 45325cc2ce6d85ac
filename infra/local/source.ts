/** Something that feeds a function: a queue, a stream, a schedule. */
export interface Source {
  start(): void;
  /** True when nothing waits and nothing is under way. */
  idle(): Promise<boolean>;
  stop(): void;
}
