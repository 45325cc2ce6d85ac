import * as z from 'zod';
import type { Kind } from './id.ts';
import type { Key } from './keys.ts';
import type { Permission } from './permission.ts';
import type { Plan } from './plan.ts';
import type { ProblemType } from './problem.ts';
import type { NodeType, Scope } from './scope.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * The node that a route acts on: the caller's own (`home`, of one of the given types, else 403),
 * or the node that a path parameter names (out of scope or another type: 404).
 */
export type Target =
  | { readonly home: readonly NodeType[] }
  | {
      readonly param: string;
      readonly types: readonly NodeType[];
      /** Only from above: the caller's own node is refused (403). */
      readonly below?: true;
    };

/** What a client may do when no answer came: published as `x-retry`. */
export type Retry = 'safe' | 'with-idempotency-key' | 'never';

type Infer<S> = S extends z.ZodType ? z.output<S> : Record<string, never>;

/** Everything that a decision may look at besides what was loaded. No client, clock or environment. */
export interface Input<P = unknown, Q = unknown, B = unknown> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly scope: Scope;
  /** ISO 8601 UTC, taken once per request. */
  readonly now: string;
  /** Fresh ids; the same request gets the same ids however often it is decided again. */
  readonly newId: (kind: Kind) => string;
  readonly ifMatch: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
  /** Seals a page's last sort key for `nextCursor`; bound to tenant, route and filters. */
  readonly seal: (position: string) => string;
  /** The position that the caller's `cursor` sealed, if one was sent. */
  readonly position: string | undefined;
  /** True when a race was lost before: reads must be consistent. */
  readonly again: boolean;
}

export interface Spec<P, Q, B, R, L> {
  /** Operation id, verb first: `grantCredits`. */
  readonly id: string;
  readonly method: Method;
  /** `/v1/…` with `{param}`s. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** `public`: no token. `signed-in`: any member or end user. `end-user`: whoever has an end user's row at a customer; no role. */
  readonly permission: Permission | 'public' | 'signed-in' | 'end-user';
  readonly target?: Target;
  /** Never in a delegated session, whatever its roles give: exports of people's data, keys. */
  readonly undelegated?: true;
  readonly params?: P;
  /** Filters and flags. `limit` and `cursor` are added where `page` is true, `dryRun` where `dryRun` is true. */
  readonly query?: Q;
  readonly body?: B;
  /** A body that is not JSON: its media types; it reaches the handler as text in `body`. */
  readonly accepts?: readonly string[];
  readonly maxBodyBytes?: number;
  readonly page?: boolean;
  readonly dryRun?: boolean;
  /** PATCH, PUT, DELETE of something versioned: `If-Match` must be sent. `heeded`: it may be, and is then held against what is there. */
  readonly ifMatch?: true | 'heeded';
  /** POST only: `required` (default) or `own` when the body's own key makes it idempotent without the header. */
  readonly idempotency?: 'required' | 'own' | 'none';
  readonly reply: { readonly status: number; readonly body?: R; readonly media?: string };
  readonly refuses: readonly ProblemType[];
  /** Keys of items to read in the same batch as the caller's membership; `load` gets them from `alongside()`. */
  readonly alongside?: (ids: { readonly home: string; readonly target: string }) => readonly Key[];
  /** Reads, concurrently with the check of the caller; what it returns is dropped when the caller may not. */
  readonly load?: (input: LoadInput<Infer<P>, Infer<Q>, Infer<B>>) => Promise<L>;
  /** Decides. Pure. Called again with fresh loads when a race was lost. */
  readonly decide: (
    input: Input<Infer<P>, Infer<Q>, Infer<B>>,
    loaded: NoInfer<L>,
  ) => Plan<R extends z.ZodType ? z.input<R> : unknown>;
}

/** What a load may know: the ids that the token and the path claim, not yet checked; the shell drops results of strangers. */
export interface LoadInput<P = unknown, Q = unknown, B = unknown> {
  readonly params: P;
  readonly query: Q & { readonly limit: number; readonly dryRun?: boolean };
  readonly body: B;
  /** The caller's node by the token. */
  readonly home: string;
  /** The caller by the token, not yet checked. */
  readonly person: string;
  /** The provider above the caller by the token, not yet checked; undefined where the token does not say. */
  readonly provider: string | undefined;
  /** The target node: `home` or the path parameter. */
  readonly target: string;
  readonly position: string | undefined;
  readonly consistent: boolean;
  readonly now: string;
  readonly requestId: string;
  /** The items of the route's `alongside` keys, in their order, read consistently. */
  readonly alongside: () => Promise<readonly (Readonly<Record<string, unknown>> | undefined)[]>;
  /** Waits for the checked scope: only where a read needs what the nodes say; costs a second round trip. */
  readonly scope: () => Promise<Scope>;
}

export type Route = Spec<
  z.ZodObject | undefined,
  z.ZodObject | undefined,
  z.ZodType | undefined,
  z.ZodType | undefined,
  unknown
>;

/** Declares an endpoint. Everything that dispatches, documents, deploys or tests it reads this record. */
export function route<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
  L = undefined,
>(spec: Spec<P, Q, B, R, L>): Route {
  return spec as unknown as Route;
}

/** What a page of a list looks like. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.strictObject({
    items: z.array(item).describe('At most `limit` of them'),
    nextCursor: z
      .string()
      .nullable()
      .describe(
        'Send as `cursor` for the next page, within the hour and as the same person; null at the end',
      ),
  });
}

export const pageQuery = {
  limit: z.coerce.number<string>().int().min(1).max(100).default(25),
  cursor: z.string().min(1).max(2048).optional(),
};
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A route's retry class. */
export function retryOf(spec: Pick<Route, 'method' | 'idempotency'>): Retry {
  if (spec.method !== 'POST') return 'safe';
  return spec.idempotency === 'none' ? 'never' : 'with-idempotency-key';
}
