/** A declared refusal: its code is stable for ever. `detail` may use values given at the time it is raised. */
export interface ProblemType {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** True when the same request may succeed later without change; answered with `Retry-After`. */
  readonly retryable?: boolean;
}

/** One wrong field of a 400: a JSON pointer into `body`, or `#/query/…`, `#/params/…`, `#/headers/…`. */
export interface FieldError {
  readonly pointer: string;
  readonly message: string;
}

/** The only error class. Raised with a declared type; the shell turns it into RFC 9457 problem+json. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly detail: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly FieldError[];

  constructor(
    type: ProblemType,
    detail?: string,
    more: { data?: Record<string, unknown>; errors?: readonly FieldError[] } = {},
  ) {
    super(detail ?? type.title);
    this.name = 'Problem';
    this.type = type;
    this.detail = detail ?? type.title;
    this.data = more.data ?? {};
    this.errors = more.errors ?? [];
  }
}

/** Declares a refusal. */
export function problem<const T extends ProblemType>(type: T): T {
  return type;
}

/** Refusals that the shell itself may answer on any route; they need no declaration in `refuses`. */
export const malformed = problem({
  code: 'request.malformed',
  status: 400,
  title: 'The request is malformed',
});
export const unauthenticated = problem({
  code: 'request.unauthenticated',
  status: 401,
  title: 'A valid access token is required',
});
export const forbidden = problem({
  code: 'request.forbidden',
  status: 403,
  title: 'Your roles do not allow this',
});
export const nodeDisabled = problem({
  code: 'node.disabled',
  status: 403,
  title: 'Your organization, or one above it, is disabled',
});
export const sessionRefused = problem({
  code: 'access.session_refused',
  status: 401,
  title: 'The delegated session is none, is over, or is not for this',
});
export const sessionNeeded = problem({
  code: 'access.session_needed',
  status: 403,
  title: 'A customer’s console is entered in a delegated session',
});
export const managedByPartner = problem({
  code: 'access.managed_by_partner',
  status: 403,
  title: 'The partner manages this customer: its console is closed to its own people',
});
export const notFound = problem({ code: 'resource.not_found', status: 404, title: 'There is nothing here' });
export const contended = problem({
  code: 'request.contended',
  status: 409,
  title: 'Others are changing the same thing; nothing was changed, try again',
  retryable: true,
});
export const stale = problem({
  code: 'precondition.stale',
  status: 412,
  title: 'The resource has changed since you read it',
});
export const tooLarge = problem({ code: 'request.too_large', status: 413, title: 'The body is too large' });
export const wrongMediaType = problem({
  code: 'request.media_type',
  status: 415,
  title: 'The content type is not accepted',
});
export const keyReused = problem({
  code: 'idempotency.key_reused',
  status: 422,
  title: 'This Idempotency-Key was used with another request',
});
export const ifMatchRequired = problem({
  code: 'precondition.required',
  status: 428,
  title: 'An If-Match header with the ETag is required',
});
export const unavailable = problem({
  code: 'service.unavailable',
  status: 503,
  title: 'A service we depend on did not answer in time',
  retryable: true,
});
export const unexpected = problem({
  code: 'service.unexpected',
  status: 500,
  title: 'Something went wrong on our side',
});

export const shellProblems: readonly ProblemType[] = [
  malformed,
  unauthenticated,
  forbidden,
  nodeDisabled,
  sessionRefused,
  sessionNeeded,
  managedByPartner,
  notFound,
  contended,
  stale,
  tooLarge,
  wrongMediaType,
  keyReused,
  ifMatchRequired,
  unavailable,
  unexpected,
];

/** Refusals that any call of an agent may meet besides: docs/agent-protocol.md. One constant answer for whoever has no right key. */
export const agentUnauthenticated = problem({
  code: 'agent.unauthenticated',
  status: 401,
  title: 'A valid certificate and signature, or a valid enrolment key or token, is required',
});
export const agentReplayed = problem({
  code: 'agent.replayed',
  status: 401,
  title: 'This count was used before: keep the state and raise it',
});
export const agentRevoked = problem({
  code: 'agent.revoked',
  status: 401,
  title: 'The probe was revoked or retired, the machine removed, or it has a newer key pair',
});
export const agentCloned = problem({
  code: 'agent.cloned',
  status: 401,
  title: 'Another machine has this key pair: enrol anew',
});
export const awaitingApproval = problem({
  code: 'agent.awaiting_approval',
  status: 403,
  title: 'The probe waits for approval',
  retryable: true,
});
export const tooManyCalls = problem({
  code: 'agent.too_many_calls',
  status: 429,
  title: 'More calls than a probe or a machine may send',
  retryable: true,
});

export const sequenceTooFar = problem({
  code: 'agent.sequence_too_far',
  status: 422,
  title: 'This number is too far above that of the last report that counted',
});

export const agentProblems: readonly ProblemType[] = [
  malformed,
  agentUnauthenticated,
  agentReplayed,
  agentRevoked,
  agentCloned,
  awaitingApproval,
  notFound,
  tooLarge,
  wrongMediaType,
  tooManyCalls,
  unavailable,
  unexpected,
];
