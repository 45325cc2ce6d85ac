import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { LocalFunction } from './lambda.ts';
import { listOf, type Role, type Statement } from './policies.ts';
import { account } from './template.ts';

/** One permission that a request needs. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the request carries, for example `dynamodb:LeadingKeys`. */
  readonly context?: Readonly<Record<string, string | string[]>>;
}

export interface Denial extends Need {
  readonly function: string;
  /** The sentence that AWS answers. */
  readonly message: string;
  /** The statement that would allow it. */
  readonly missing: Readonly<Record<string, unknown>>;
  readonly times: number;
}

/** Of the session that a call is sent in. */
export type Tags = Readonly<Record<string, string>>;

export interface Grant {
  readonly function: string;
  readonly action: string;
  readonly resource: string;
}

/** Checks calls against the roles of the template and remembers what was used. */
export interface Guard {
  /** Undefined when all is allowed, else the first denial. */
  check(caller: LocalFunction, needs: readonly Need[], tags?: Tags): Promise<Denial | undefined>;
  /** Notes a denial that a resource's own policy is the reason of. */
  refuse(denial: Denial): void;
  denials(): Denial[];
  used(): Grant[];
  unused(): Grant[];
}

export interface GuardOptions {
  readonly roles: ReadonlyMap<string, Role>;
  readonly functions: readonly LocalFunction[];
  /** Policies of resources, by ARN. */
  readonly resourcePolicies: ReadonlyMap<string, unknown>;
  /** Told of each new kind of denial once. */
  readonly report: (denial: Denial) => void;
}

export function makeGuard({ roles, functions, resourcePolicies, report }: GuardOptions): Guard {
  const decisions = new Map<string, Promise<boolean>>();
  const denied = new Map<string, Denial>();
  const seen = new Map<string, Map<string, Need>>();

  const remember = (caller: LocalFunction, need: Need) => {
    const mine = seen.get(caller.id) ?? new Map<string, Need>();
    mine.set(`${need.action} ${need.resource}`, need);
    seen.set(caller.id, mine);
  };

  const decide = (caller: LocalFunction, role: Role, need: Need): Promise<boolean> => {
    // An object has its bucket's policy.
    const policy = resourcePolicies.get(need.resource.replace(/^(arn:aws:s3:::[^/]+)\/.*$/, '$1'));
    const relevant = new Set([...conditionKeys(role), ...conditionsOf(policy)]);
    const context = Object.fromEntries(
      Object.entries(need.context ?? {}).filter(
        ([key]) => relevant.has(key.toLowerCase()) || /^aws:PrincipalTag/.test(key),
      ),
    );
    const question = JSON.stringify([role.arn, need.action, need.resource, context]);
    let decision = decisions.get(question);
    if (!decision) {
      decision = simulate(caller, role, { ...need, context }, policy);
      decisions.set(question, decision);
      // Leading keys make questions endless.
      if (decisions.size > 20_000) decisions.delete(decisions.keys().next().value ?? '');
    }
    return decision;
  };

  const note = (denial: Denial): Denial => {
    const key = `${denial.function} ${denial.action} ${denial.resource}`;
    const noted = { ...denial, times: (denied.get(key)?.times ?? 0) + 1 };
    denied.set(key, noted);
    if (noted.times === 1) report(noted);
    return noted;
  };

  return {
    refuse: note,
    async check(caller, needs, tags = {}) {
      for (const need of needs) {
        const role = roles.get(caller.roleArn);
        if (role && (await decide(caller, role, inSession(need, tags)))) {
          remember(caller, need);
          continue;
        }
        return note(toDenial(caller, role, need));
      }
      return undefined;
    },
    denials: () => [...denied.values()],
    used: () =>
      [...seen].flatMap(([id, needs]) =>
        [...needs.values()].map(({ action, resource }) => ({ function: id, action, resource })),
      ),
    unused: () =>
      functions.flatMap((caller) => {
        const role = roles.get(caller.roleArn);
        return role
          ? unusedGrants(caller, role, [...ownNeeds(caller), ...(seen.get(caller.id)?.values() ?? [])])
          : [];
      }),
  };
}

async function simulate(
  caller: LocalFunction,
  role: Role,
  need: Need,
  resourcePolicy: unknown,
): Promise<boolean> {
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/${role.name}/${caller.name}`,
        action: need.action,
        resource: { resource: need.resource, accountId: account },
        contextVariables: { ...need.context },
      },
      identityPolicies: role.policies.map(({ name, policy }) => ({ name, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    },
    {},
  );
  if (outcome.resultType === 'error')
    throw new Error(`IAM could not judge ${need.action}: ${outcome.errors.message}`);
  return outcome.overallResult === 'Allowed';
}

function conditionKeys(role: Role): Set<string> {
  const keys = new Set<string>();
  for (const { policy } of role.policies) {
    for (const { Condition } of policy.Statement) {
      for (const test of Object.values(Condition ?? {}))
        for (const key of Object.keys(test)) keys.add(key.toLowerCase());
    }
  }
  return keys;
}

function conditionsOf(policy: unknown): string[] {
  const { Statement = [] } = (policy ?? {}) as { Statement?: Statement | Statement[] };
  return [Statement]
    .flat()
    .flatMap(({ Condition }) => Object.values(Condition ?? {}).flatMap((test) => Object.keys(test)))
    .map((key) => key.toLowerCase());
}

/**
 * A need as policies judge it in a session. The tenants that its tags name are called by their places: what is allowed
 * hangs on which tag is meant, never on which tenant, and questions stay few.
 */
function inSession(need: Need, tags: Tags): Need {
  if (Object.keys(tags).length === 0) return need;
  const names = new Map<string, string>();
  for (const id of Object.values(tags))
    if (!names.has(id) && !/_0{26}$/.test(id)) names.set(id, `ten_${String(names.size).padStart(26, 'A')}`);
  const told = (text: string) => text.replace(/[a-z]{3}_[0-9A-Z]{26}/g, (id) => names.get(id) ?? id);
  const context = Object.entries(need.context ?? {}).map(
    ([key, value]) => [key, Array.isArray(value) ? value.map(told).sort() : told(value)] as const,
  );
  const principal = Object.entries(tags).map(([tag, id]) => [`aws:PrincipalTag/${tag}`, told(id)] as const);
  return { ...need, context: Object.fromEntries([...context, ...principal]) };
}

function toDenial(caller: LocalFunction, role: Role | undefined, need: Need): Denial {
  const who = `arn:aws:sts::${account}:assumed-role/${role?.name ?? caller.roleArn}/${caller.name}`;
  return {
    ...need,
    function: caller.id,
    message: `User: ${who} is not authorized to perform: ${need.action} on resource: ${need.resource} because no identity-based policy allows the ${need.action} action`,
    missing: { Effect: 'Allow', Action: need.action, Resource: need.resource },
    times: 1,
  };
}

// What Lambda does under a function's role when it runs: logs and traces.
function ownNeeds(caller: LocalFunction): Need[] {
  if (!caller.ran()) return [];
  const group = `${caller.arn.split(':').slice(0, 5).join(':').replace(':lambda:', ':logs:')}:log-group:${caller.logGroup}`;
  return [
    { action: 'logs:CreateLogStream', resource: `${group}:*` },
    { action: 'logs:PutLogEvents', resource: `${group}:*` },
    ...(caller.traced
      ? ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'].map((action) => ({ action, resource: '*' }))
      : []),
  ];
}

function unusedGrants(caller: LocalFunction, role: Role, used: readonly Need[]): Grant[] {
  const grants: Grant[] = [];
  for (const { policy } of role.policies) {
    for (const { Effect, Action, Resource } of policy.Statement) {
      if (Effect !== 'Allow') continue;
      for (const action of listOf(Action)) {
        for (const resource of listOf(Resource)) {
          if (!used.some((need) => like(action, need.action) && like(resource, need.resource))) {
            grants.push({ function: caller.id, action, resource });
          }
        }
      }
    }
  }
  return grants;
}

function like(pattern: string, value: string): boolean {
  const parts = pattern
    .split('*')
    .map((part) => part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '.'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(value);
}
