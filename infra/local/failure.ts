/** Ends the runner with one sentence for the person at the terminal. */
export class Stop extends Error {}
