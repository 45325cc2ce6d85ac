import type { Bug } from './bug.ts';

/** Of reliability's list, each where our code has that defence; and of our own promises. */
export const bugs: readonly Bug[] = [
  // Money.
  {
    name: 'no-balance-condition',
    what: 'A debit asks what is left where it may not go below zero',
    file: 'lib/credits/ledger.ts',
    find: 'if (settings.blockBelowZero && balance < amount) refuse(insufficient, undefined, { balance, amount });',
    replace: '',
    caughtBy: { file: 'test/credits/ledger.test.ts', test: /never lets a debit through below zero/ },
  },
  {
    name: 'random-entry-key',
    what: 'An entry stands under its predecessor: of two with the same one, one is written',
    file: 'lib/credits/entry.ts',
    find: 'entryKey(customerId, previousAt)',
    replace: 'entryKey(customerId, previousAt + Math.random())',
    caughtBy: { file: 'test/credits/credits.test.ts', test: /through 200 concurrent debits/ },
  },
  {
    name: 'chain-unlinked',
    what: 'An entry keeps the hash of the one before',
    file: 'lib/credits/chain.ts',
    find: "prev: head ? hashOf(head) : '',",
    replace: "prev: '',",
    caughtBy: { file: 'test/credits/ledger.test.ts', test: /the chain unbroken/ },
  },
  {
    name: 'refund-twice',
    what: 'A refund takes the place of all others of its debit',
    file: 'lib/credits/refunds.ts',
    find: 'writes: [...plan.writes, once]',
    replace: 'writes: plan.writes',
    caughtBy: { file: 'test/credits/ledger.test.ts', test: /refunds a debit at most once/ },
  },
  {
    name: 'transfer-of-one-half',
    what: 'Both entries of a transfer are in one transaction',
    file: 'lib/credits/transfer.ts',
    find: 'writes: [...plan.writes, ...announcing, {',
    replace: 'writes: [...plan.writes, ...announcing.slice(1), {',
    caughtBy: { file: 'test/credits/invariants.test.ts', test: /a transfer is two entries/ },
  },
  {
    name: 'pool-oversold',
    what: 'The pool is asked for what is taken from it in the write itself',
    file: 'lib/licensing/pool.ts',
    find: '...(need > 0 ? { atLeast: { free: need } } : {}),',
    replace: '',
    caughtBy: { file: 'test/licensing/licences.test.ts', test: /between look and write is refused/ },
  },
  // Writes.
  {
    name: 'read-modify-write',
    what: 'A change is bound to the version that it was decided on',
    file: 'lib/aws/expression.ts',
    find: "ConditionExpression: '#v = :v',\n          ExpressionAttributeNames: { '#v': 'version' },\n          ExpressionAttributeValues: { ':v': { N: String(write.version) } },\n        },\n      };\n    case 'overwrite'",
    replace: "},\n      };\n    case 'overwrite'",
    caughtBy: {
      file: 'test/helpdesk/tickets.test.ts',
      test: /another decides between look and write/,
    },
  },
  {
    name: 'retry-on-condition',
    what: 'A condition that failed is an answer: the same write is not sent again',
    file: 'lib/aws/db.ts',
    find: 'if (failed.length > 0) throw lost(failed, writes);',
    replace: 'if (failed.length > 0) return true;',
    caughtBy: {
      file: 'test/helpdesk/msp-mode.test.ts',
      test: /external-users.*are created, read, listed and deleted/,
    },
  },
  {
    name: 'unique-by-index',
    what: 'A name that one alone may have is an item of its own, under that name',
    file: 'lib/customers/profile.ts',
    find: 'nameKey(providerId, owner.name), kind',
    replace: 'nameKey(providerId, owner.name + owner.id), kind',
    caughtBy: {
      file: 'test/customers/customers.test.ts',
      test: /frees the old name and refuses a taken one/,
    },
  },
  {
    name: 'last-administrator-apart',
    what: 'That another administrator stays is asked in the transaction',
    file: 'lib/customers/administrator.ts',
    find: '[replacement(current, after)]), stays(other)],',
    replace: '[replacement(current, after)])],',
    caughtBy: { file: 'test/customers/decisions.test.ts', test: /when many decide on the same sight/ },
  },
  {
    name: 'receipt-apart',
    what: 'A change and its receipt are in one transaction',
    file: 'lib/aws/serve.ts',
    find: 'const writes = [...settled, ...claimed, ...(scope.session?.bound ?? [])];',
    replace:
      'await commit(plan.writes, digest(Math.random()).slice(0, 36), deadline);\n  const writes = [...settled.slice(plan.writes.length), ...claimed];',
    caughtBy: { file: 'test/audit/together.test.ts', test: /stand or fall together/ },
  },
  {
    name: 'dry-run-writes',
    what: 'A dry run writes nothing',
    file: 'lib/aws/serve.ts',
    find: 'if (parsed.query.dryRun) {',
    replace: 'if (parsed.query.dryRun && plan.writes.length === 0) {',
    caughtBy: { file: 'test/credits/credits.test.ts', test: /writes nothing on a dry run/ },
  },
  // Keys of clients.
  {
    name: 'key-kept-nowhere',
    what: 'An Idempotency-Key is kept with what it did',
    file: 'lib/aws/serve.ts',
    find: 'request.claim ? [claimWrite(request.claim, reply, request.now)] : []',
    replace: '[]',
    caughtBy: { file: 'test/customers/customers.test.ts', test: /answers the same key once/ },
  },
  {
    name: 'key-of-another-request',
    what: 'A key answers its own request alone',
    file: 'lib/aws/claim.ts',
    find: 'if (kept.hash !== claim.hash) throw new Problem(keyReused);',
    replace: '',
    caughtBy: { file: 'test/requests/keys.test.ts', test: /is her own/ },
  },
  {
    name: 'reply-before-authorization',
    what: 'What is kept for a key is told to who may still ask',
    file: 'lib/aws/serve.ts',
    find: "if (checked.status === 'rejected') throw checked.reason;",
    replace:
      "const early = claim && replayOf(claim, (await reading).claim[0], request.now);\n  if (early) return toResponse(route, early);\n  if (checked.status === 'rejected') throw checked.reason;",
    caughtBy: {
      file: 'test/requests/keys.test.ts',
      test: /answers nothing to whoever is no end user any more/,
    },
  },
  {
    name: 'cursor-unbound',
    what: 'A cursor is bound to tenant, route and filters',
    file: 'lib/aws/inquiry.ts',
    find: 'const bound = JSON.stringify([claims.tenant, claims.person, route.id, params, filters]);',
    replace: "const bound = '';",
    caughtBy: { file: 'test/platform/providers.test.ts', test: /pages through providers/ },
  },
  // Who may.
  {
    name: 'any-tenant',
    what: 'What is named stands below who asks',
    file: 'lib/aws/auth.ts',
    find: '!inScope(home, node) || ',
    replace: '',
    caughtBy: { file: 'test/kit/authorize.test.ts', test: /is who the rule in other words says/ },
  },
  {
    name: 'parent-unchecked',
    what: 'A session is of the customer that the route names',
    file: 'lib/kit/delegation.ts',
    find: "if (caller.target?.id !== token.customerId) return { why: 'ANOTHER_CUSTOMER' };",
    replace: '',
    caughtBy: { file: 'test/access/delegation.test.ts', test: /for no customer but its own/ },
  },
  {
    name: 'session-after-move',
    what: 'A session ends when its customer goes elsewhere',
    file: 'lib/kit/delegation.ts',
    find: "if (path.join('/') !== of.path) return as('MOVED');",
    replace: '',
    caughtBy: { file: 'test/access/delegation.test.ts', test: /counts exactly when the reference says so/ },
  },
  {
    name: 'session-beyond-own-rights',
    what: 'Nobody enters with more than their own rights',
    file: 'lib/aws/auth.ts',
    find: 'left.filter((one) => mine.includes(one))',
    replace: 'left.filter((one) => mine.includes(one) || true)',
    caughtBy: { file: 'test/access/matrix.test.ts', test: /the decision/ },
  },
  {
    name: 'roles-not-narrowed',
    what: 'A role counts where every node of the line lets it through',
    file: 'lib/kit/permission.ts',
    find: 'line.every((one) => letsThrough(one, role))',
    replace: 'line.some((one) => letsThrough(one, role))',
    caughtBy: { file: 'test/customers/administrators.test.ts', test: /are not added where the customer/ },
  },
  {
    name: 'prefix-without-delimiter',
    what: 'An action is of a context up to the dot',
    file: 'lib/audit/entry.ts',
    find: 'entry.action.startsWith(`',
    replace: 'entry.action.startsWith(action || `',
    caughtBy: { file: 'test/audit/audit.test.ts', test: /takes an action, or all of a context/ },
  },
  {
    name: 'approval-not-bound',
    what: 'An approval is of the very version that was looked at',
    file: 'functions/helpdesk/approve-ticket.ts',
    find: 'expectVersion(ifMatch, about.filed.version);',
    replace: 'void expectVersion;',
    caughtBy: { file: 'test/helpdesk/tickets.test.ts', test: /binds to the version/ },
  },
  // Links and agents.
  {
    name: 'token-used-by-looking',
    what: 'Looking at a link changes nothing',
    file: 'functions/access/answer-on-page.ts',
    find: 'const from = opened(await behind(token), now());\n  return from',
    replace:
      "const from = opened(await behind(token), now());\n  if (from) await commit(settle(countWrong(from, 'WRONG_ADDRESS', now()), { target: from.customer, actor: importsThemselves, now: now(), requestId: 'look' }), secret(24), Date.now() + patienceMs);\n  return from",
    caughtBy: {
      file: 'test/access/import-page.test.ts',
      test: /changes nothing, however often it is looked at/,
    },
  },
  {
    name: 'local-time',
    what: 'Time is over by the server’s own UTC',
    file: 'lib/access/import.ts',
    find: "state === 'PENDING' && endsAt <= now",
    replace: "state === 'PENDING' && endsAt <= new Date(Date.parse(now) - 8 * 3_600_000).toISOString()",
    caughtBy: { file: 'test/access/imports.test.ts', test: /ends an import after 14 days/ },
  },
  {
    name: 'token-in-the-clear',
    what: 'Of a token its hash is kept',
    file: 'lib/access/import-link.ts',
    find: "export const hashOfToken = (token: string): string => digest('import', token);",
    replace: 'export const hashOfToken = (token: string): string => token;',
    caughtBy: { file: 'test/access/import-model.test.ts', test: /stands nowhere but in its mail/ },
  },
  {
    name: 'heartbeat-replayed',
    what: 'An agent’s count goes up with each call',
    file: 'lib/kit/hearing.ts',
    find: 'below: { count },',
    replace: 'below: {},',
    caughtBy: { file: 'test/probes/agent-security.test.ts', test: /go up: what was heard, or comes after/ },
  },
  // Alerts and events.
  {
    name: 'once-per-threshold',
    what: 'A threshold tells again after it was crossed back',
    file: 'lib/kit/band.ts',
    find: 'back ? null : since',
    replace: 'since',
    caughtBy: { file: 'test/licensing/meters.test.ts', test: /announce what an independent replay/ },
  },
  {
    name: 'claim-after-send',
    what: 'A mail is claimed before it is sent',
    file: 'functions/notifications/send-notice.ts',
    find: "const claimed = await turn(tenantId, one, { state: 'PENDING', leaseUntil: lease() });",
    replace: 'const claimed = one; void lease;',
    caughtBy: {
      file: 'test/notifications/notices.test.ts',
      test: /mailed once where another worker sends it between/,
    },
  },
  {
    name: 'line-break-in-header',
    what: 'A subject is one line',
    file: 'lib/notifications/emails.ts',
    find: ".replace(breaks, ' ')",
    replace: '',
    caughtBy: { file: 'test/notifications/emails.test.ts', test: /a subject is one clean line/ },
  },
  {
    name: 'failed-entries-unseen',
    what: 'What the bus did not take of a call that succeeded comes again',
    file: 'lib/aws/bus.ts',
    find: 'Entries?.[index]?.EventId ? [] : [index]',
    replace: 'Entries && index < 0 ? [index] : []',
    caughtBy: { file: 'test/outbox/publish.test.ts', test: /takes a part of what it is given/ },
  },
  {
    name: 'failures-unsaid',
    what: 'A message that failed is named to its queue',
    file: 'lib/aws/consume.ts',
    find: 'failed.push({ itemIdentifier: record.messageId });',
    replace: '',
    caughtBy: { file: 'test/infra/dead-letters.test.ts', test: /is told even where nobody can read it/ },
  },
];

/** The bug of a name. */
export const bugOf = (name: string): Bug => {
  const found = bugs.find((one) => one.name === name);
  if (!found) throw new Error(`No such bug: ${name}`);
  return found;
};
