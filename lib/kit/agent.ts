import type * as z from 'zod';
import type { Reply } from './plan.ts';
import type { ProblemType } from './problem.ts';

/** A key pair of an agent. */
export interface KeyPair {
  /** Counts the key pairs of an agent, from 1. */
  readonly generation: number;
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string;
}

/** Who calls, as the certificate that we made says; not yet held against the probe's pulse. */
export interface Credential extends KeyPair {
  readonly probeId: string;
  readonly customerId: string;
  readonly providerId: string;
}

/** The same of a machine: it is its customer's, whoever looks after that. */
export interface MachineCredential extends KeyPair {
  readonly machineId: string;
  readonly customerId: string;
}

/** Whoever holds a certificate. One kind's never opens the other's routes. */
export type Holder = Credential | MachineCredential;

/** A call of an agent whose certificate and signature are right. */
export interface Proven<C extends Holder = Credential> {
  readonly credential: C;
  /** Higher in each call than in any before. */
  readonly count: number;
  /** What the agent says of the machine that it runs on: 16–64 characters, the same as long as it is that machine. */
  readonly host: string;
  /** First 16 characters of the signature's digest: tells a call that was sent twice from another one. */
  readonly mark: string;
}

export interface AgentInput<B = unknown, C extends Holder = Credential> {
  readonly body: B;
  readonly params: Readonly<Record<string, string>>;
  /** Absent on a route that is open. */
  readonly proven: Proven<C>;
  /** What the agent says of its machine, as signed. */
  readonly host: string;
  /** ISO 8601 UTC, taken once per call. */
  readonly now: string;
  readonly requestId: string;
}

/**
 * One endpoint of agents. There is no membership: who holds the key pair of a probe or a machine is that, and reaches
 * its own customer's partition alone. Declared refusals as in `Route`.
 */
export interface AgentSpec<P, B, R, C extends Holder = Credential> {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** `/v1/agent/…` of probes, `/v1/machine/…` of machines: it says whose certificate opens it. */
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
    input: AgentInput<B extends z.ZodType ? z.output<B> : undefined, C>,
  ) => Promise<Reply<R extends z.ZodType ? z.input<R> : unknown>>;
}

export type AgentRoute = AgentSpec<z.ZodObject | undefined, z.ZodType | undefined, z.ZodType | undefined>;

/** Declares an endpoint of probes' agents. */
export function agentRoute<
  P extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
>(spec: AgentSpec<P, B, R>): AgentRoute {
  return spec as unknown as AgentRoute;
}

/** Declares an endpoint of machines. */
export function machineRoute<
  P extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
>(spec: AgentSpec<P, B, R, MachineCredential>): AgentRoute {
  return spec as unknown as AgentRoute;
}

/** Whose certificate a route takes, as the word before it in `authorization` says. */
export function schemeOf({ path }: Pick<AgentRoute, 'path'>): 'Probe' | 'Machine' {
  return path.startsWith('/v1/machine/') ? 'Machine' : 'Probe';
}
