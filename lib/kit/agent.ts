import type * as z from 'zod';
import type { Reply } from './plan.ts';
import type { ProblemType } from './problem.ts';

/** Who calls, as the certificate that we made says; not yet held against the probe's pulse. */
export interface Credential {
  readonly probeId: string;
  readonly customerId: string;
  readonly providerId: string;
  /** Counts the key pairs of a probe, from 1. */
  readonly generation: number;
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string;
}

/** A call of an agent whose certificate and signature are right. */
export interface Proven {
  readonly credential: Credential;
  /** Higher in each call than in any before. */
  readonly count: number;
  /** What the agent says of the machine that it runs on: 16–64 characters, the same as long as it is that machine. */
  readonly host: string;
  /** First 16 characters of the signature's digest: tells a call that was sent twice from another one. */
  readonly mark: string;
}

export interface AgentInput<B = unknown> {
  readonly body: B;
  readonly params: Readonly<Record<string, string>>;
  /** Absent on a route that is open. */
  readonly proven: Proven;
  /** What the agent says of its machine, as signed. */
  readonly host: string;
  /** ISO 8601 UTC, taken once per call. */
  readonly now: string;
  readonly requestId: string;
}

/**
 * One endpoint of agents. There is no membership: who holds the key pair of a probe is that probe, and reaches its own
 * customer's partition alone. Declared refusals as in `Route`.
 */
export interface AgentSpec<P, B, R> {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** `/v1/agent/…` */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** `open`: without a certificate, signed with count 0 by the key pair of the body's own `publicKey` (enrolment). */
  readonly permission: 'agent' | 'open';
  readonly params?: P;
  readonly body?: B;
  /** Bodies may be gzip (`Content-Encoding: gzip`); both limits in bytes. */
  readonly maxBodyBytes?: number;
  readonly maxInflatedBytes?: number;
  readonly reply: { readonly status: number; readonly body?: R };
  readonly refuses: readonly ProblemType[];
  readonly handle: (
    input: AgentInput<B extends z.ZodType ? z.output<B> : undefined>,
  ) => Promise<Reply<R extends z.ZodType ? z.input<R> : unknown>>;
}

export type AgentRoute = AgentSpec<z.ZodObject | undefined, z.ZodType | undefined, z.ZodType | undefined>;

/** Declares an endpoint of agents. */
export function agentRoute<
  P extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
>(spec: AgentSpec<P, B, R>): AgentRoute {
  return spec as unknown as AgentRoute;
}
