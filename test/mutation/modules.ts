/** What is mutated, and the tests that are to notice: of pure modules, by tests that start nothing. */
export interface Module {
  readonly name: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

export const modules: readonly Module[] = [
  {
    name: 'authorization',
    files: [
      'lib/aws/auth.ts',
      'lib/kit/scope.ts',
      'lib/kit/permission.ts',
      'lib/kit/delegable.ts',
      'lib/kit/delegation.ts',
      'lib/kit/move.ts',
    ],
    tests: ['test/access/delegation.test.ts', 'test/kit/{authorize,roles,verdict}.test.ts'],
  },
  {
    name: 'ledger',
    files: [
      'lib/credits/ledger.ts',
      'lib/credits/chain.ts',
      'lib/credits/entry.ts',
      'lib/credits/lots.ts',
      'lib/credits/refunds.ts',
      'lib/credits/transfer.ts',
      'lib/credits/ring.ts',
    ],
    tests: ['test/credits/{ledger,invariants,lots,size,link}.test.ts'],
  },
  {
    name: 'alerts',
    files: ['lib/kit/band.ts', 'lib/kit/percent.ts', 'lib/credits/alerts.ts', 'lib/licensing/meter.ts'],
    tests: ['test/kit/band.test.ts', 'test/credits/{ledger,judge}.test.ts', 'test/licensing/meters.test.ts'],
  },
  {
    name: 'tokens',
    files: [
      'lib/access/import-link.ts',
      'lib/access/session.ts',
      'lib/endpoints/enrolment.ts',
      'lib/probes/enrolment.ts',
      'lib/kit/hearing.ts',
      'lib/kit/proof.ts',
      'lib/kit/certificate.ts',
    ],
    tests: ['test/kit/{certificate,hearing}.test.ts', 'test/{access,endpoints,probes}/token.test.ts'],
  },
  {
    name: 'cursors',
    files: ['lib/aws/cursor.ts'],
    tests: ['test/kit/cursor.test.ts'],
  },
];

/** Of these a module may have so few percent of its mutants noticed. */
export const least = 80;
