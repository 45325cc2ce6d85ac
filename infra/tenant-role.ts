import { ArnPrincipal, Effect, type IRole, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Needs, TableAction } from '../lib/kit/context.ts';
import { anyTenant, sessionKeys, tagNames } from '../lib/kit/reach.ts';
import type { Store } from './table.ts';

export const actions: Record<TableAction, string> = {
  get: 'dynamodb:GetItem',
  batchGet: 'dynamodb:BatchGetItem',
  query: 'dynamodb:Query',
  put: 'dynamodb:PutItem',
  update: 'dynamodb:UpdateItem',
  delete: 'dynamodb:DeleteItem',
  check: 'dynamodb:ConditionCheckItem',
};

const sealKeys = 'T#*#SEAL';
const anchorDueKeys = 'T#*#ANCHOR_DUE';
const changing: readonly TableAction[] = ['put', 'update', 'delete'];

/** What of a function's needs its sessions are made of. */
export interface Sessions {
  readonly table: Needs['table'];
  readonly index: boolean;
  readonly sessions: NonNullable<Needs['sessions']>;
}

/** Every leading key of a request is one of these, and it has one. */
export const leadBy = (keys: readonly string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});

/** Entries of audit and ledger are neither changed nor removed, and what is to be anchored is forgotten by none but one. */
export const historyKept = (denied: readonly string[], tableArn: string): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.DENY,
    actions: [...denied],
    resources: [tableArn],
    conditions: {
      'ForAnyValue:StringLike': {
        'dynamodb:LeadingKeys': ['T#*#AUDIT', 'T#*#ENTRY', sealKeys, anchorDueKeys],
      },
    },
  });

/** Only what seals the audit puts seals, and it puts nothing else: whoever writes entries cannot seal them anew. */
export const sealsKept = (seals: boolean, tableArn: string): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.DENY,
    actions: [actions.put],
    resources: [tableArn],
    conditions: {
      [seals ? 'ForAnyValue:StringNotLike' : 'ForAnyValue:StringLike']: {
        'dynamodb:LeadingKeys': [sealKeys, anchorDueKeys],
      },
    },
  });

/** The role that a function takes on for each tenant: what it may do is limited by the tags of the session. */
export class TenantRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: { store: Store; user: IRole; needs: Sessions }) {
    super(scope, id);
    const { store, user, needs } = props;
    this.role = new Role(this, 'Role', {
      // A session that is of no tenant, or that carries other tags, is none; a pattern whose tag is missing allows nothing.
      assumedBy: new ArnPrincipal(user.roleArn)
        .withConditions({
          StringLike: Object.fromEntries(
            ['tid', 'home', 'provider'].map((tag) => [`aws:RequestTag/${tag}`, anyTenant]),
          ),
          'ForAllValues:StringLike': { 'aws:TagKeys': namesOf(tagNames(needs.sessions)) },
        })
        .withSessionTags(),
      description: 'What a session of one tenant may do with the table',
    });
    for (const statement of statementsOf(needs, store)) this.role.addToPolicy(statement);
    store.grantKey(
      this.role,
      needs.table.some((one) => changing.includes(one)),
    );
  }
}

/** Names of tags, those that are counted by their letter. */
const namesOf = (tags: readonly string[]) => [...new Set(tags.map((tag) => tag.replace(/\d/g, '?')))];

function statementsOf({ table, index, sessions }: Sessions, store: Store): PolicyStatement[] {
  const { read, find, write } = sessionKeys(sessions);
  const { tableArn } = store.table;
  const reads = table.filter((one) => !changing.includes(one)).map((one) => actions[one]);
  const writes = table.filter((one) => changing.includes(one)).map((one) => actions[one]);
  const denied = table.filter((one) => one === 'update' || one === 'delete').map((one) => actions[one]);
  return [
    new PolicyStatement({ actions: reads, resources: [tableArn], conditions: leadBy(read) }),
    ...(index
      ? [
          new PolicyStatement({
            actions: [actions.query],
            resources: store.indexArns,
            conditions: leadBy(find),
          }),
        ]
      : []),
    ...(writes.length
      ? [new PolicyStatement({ actions: writes, resources: [tableArn], conditions: leadBy(write) })]
      : []),
    ...(denied.length ? [historyKept(denied, tableArn)] : []),
    ...(table.includes('put') ? [sealsKept(false, tableArn)] : []),
  ];
}
