import { describe, expect, it } from 'vitest';
import { contexts, wide } from '../../functions/contexts.ts';
import type { Needs } from '../../lib/kit/context.ts';
import { tagNames } from '../../lib/kit/reach.ts';
import { synthesized } from '../kit/synth.ts';

const units: readonly (readonly [string, Needs | undefined])[] = contexts.flatMap((one) => [
  [`${one.name} api`, one.needs] as const,
  [`${one.name} reactions`, one.reactionNeeds] as const,
  [`${one.name} schedules`, one.scheduleNeeds] as const,
  [`${one.name} agents`, one.agent?.needs] as const,
  [`${one.name} pages`, one.pages?.needs] as const,
]);
const declared = units.flatMap(([name, needs]) => (needs && needs.table.length > 0 ? [{ name, needs }] : []));

/** Whoever reaches the whole table: another one is a decision of its own (docs/decisions.md). */
const exceptions = [
  'platform schedules',
  'customers reactions',
  'catalog reactions',
  'probes reactions',
  'access reactions',
  'access pages',
  'provisioning reactions',
  'audit schedules',
];

describe('rights on the table', () => {
  it('are those of sessions, but where a reason is given', () => {
    const without = declared.filter(({ needs }) => !needs.sessions).map(({ name }) => name);
    expect(without).toEqual(exceptions);
    const given = declared.flatMap(({ needs }) => needs.wide ?? []);
    expect(given.toSorted()).toEqual(Object.values(wide).toSorted());
    expect(declared.filter(({ needs }) => needs.sessions && needs.wide)).toEqual([]);
  });

  it('of a session hang on at most fifty tags', () => {
    for (const { name, needs } of declared)
      if (needs.sessions) expect(tagNames(needs.sessions).length, name).toBeLessThanOrEqual(50);
  });
});

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
const stacks = synthesized().stacks.map(({ template }) =>
  Object.entries((template as unknown as { Resources: Record<string, Resource> }).Resources),
);

// What IAM counts of a policy, with names as long as they become.
const lengthOf = (document: unknown) =>
  JSON.stringify(document).replace(/\{"(?:Ref|Fn::GetAtt|Fn::ImportValue)":[^}]+\}/g, `"${'x'.repeat(110)}"`)
    .length;

it('no inline policy is longer than IAM takes', () => {
  const sizes = new Map<string, number>();
  stacks.forEach((resources, stack) => {
    for (const [, { Type, Properties = {} }] of resources) {
      if (Type !== 'AWS::IAM::Policy') continue;
      for (const role of (Properties.Roles ?? []) as unknown[]) {
        const name = `${stack} ${JSON.stringify(role)}`;
        sizes.set(name, (sizes.get(name) ?? 0) + lengthOf(Properties.PolicyDocument));
      }
    }
  });
  expect(sizes.size).toBeGreaterThan(0);
  process.stdout.write(`longest inline policy: ${Math.max(...sizes.values())} of 10240\n`);
  expect([...sizes].filter(([, size]) => size > 10_240)).toEqual([]);
});

it('each session role is taken on by one function alone, with all of its tags', () => {
  const roles = stacks.flat().filter(([id, { Type }]) => Type === 'AWS::IAM::Role' && /Tenant/.test(id));
  expect(roles.length).toBeGreaterThanOrEqual(declared.length - exceptions.length);
  for (const [id, { Properties = {} }] of roles) {
    const { Statement } = Properties.AssumeRolePolicyDocument as {
      Statement: { Principal: unknown; Condition: Record<string, Record<string, unknown>> }[];
    };
    expect(Statement.length, id).toBeGreaterThan(0);
    for (const { Condition } of Statement)
      expect(Object.keys(Condition.StringLike ?? {}), id).toContain('aws:RequestTag/tid');
    expect(lengthOf(Properties.AssumeRolePolicyDocument), id).toBeLessThanOrEqual(2048);
  }
});
