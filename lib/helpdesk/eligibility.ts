import * as z from 'zod';
import { refuse } from '../kit/plan.ts';
import type { MspMode } from './msp-mode.ts';
import { notEligible } from './problems.ts';

const facts = z.object({
  id: z.string(),
  hosting: z.enum(['SAAS', 'ON_PREMISES']),
  installation: z.enum(['FRESH', 'UPGRADED']),
  servesSeveralCompanies: z.boolean(),
  version: z.number(),
});

/** What MSP mode asks of a provider's own profile. */
export type Facts = z.infer<typeof facts>;
export const toFacts = (profile: Readonly<Record<string, unknown>>): Facts => facts.parse(profile);

const question = z.strictObject({
  number: z.number(),
  id: z.enum([
    'SERVES_SEVERAL_COMPANIES',
    'FRESH_INSTALLATION',
    'NO_EXTERNAL_USERS',
    'NO_COLLABORATOR_GROUPS',
    'DEPLOYMENT',
  ]),
  question: z.string(),
  answer: z.enum(['YES', 'NO', 'SAAS', 'ON_PREMISES']),
  source: z.string().describe('The record that says so'),
  reason: z.string(),
});

export const eligibility = z.strictObject({
  eligible: z.boolean(),
  firstRefusal: z.strictObject({ question: question.shape.id, reason: z.string() }).nullable(),
  enabledBy: z.enum(['HELP_DESK_TICKET', 'SYSTEM_ADMINISTRATOR']),
  questions: z.array(question).describe('In the order in which they decide; the first NO refuses'),
});
export type Eligibility = z.infer<typeof eligibility>;

const yesOrNo = (yes: boolean) => (yes ? 'YES' : 'NO');
const none = (amount: number, what: string) =>
  amount === 0
    ? `No ${what} exists, and asking for MSP mode says that none is needed.`
    : `${amount} ${what}${amount === 1 ? ' exists' : 's exist'}; remove ${amount === 1 ? 'it' : 'them'} first.`;

/** Walks the five decision questions in their order. */
export function walk(provider: Facts, mode: MspMode): Eligibility {
  const { hosting, installation, servesSeveralCompanies } = provider;
  const profile = (field: string) => `/v1/providers/${provider.id}#/${field}`;
  const questions: Eligibility['questions'] = [
    {
      number: 1,
      id: 'SERVES_SEVERAL_COMPANIES',
      question: 'Is the operator an MSP serving more than one customer company?',
      answer: yesOrNo(servesSeveralCompanies),
      source: profile('servesSeveralCompanies'),
      reason: servesSeveralCompanies
        ? 'The provider says that it serves several companies.'
        : 'The provider says that it does not serve several companies.',
    },
    {
      number: 2,
      id: 'FRESH_INSTALLATION',
      question: 'Is this a fresh installation, never upgraded?',
      answer: yesOrNo(installation === 'FRESH'),
      source: profile('installation'),
      reason:
        installation === 'FRESH'
          ? 'The installation is fresh.'
          : 'The installation was upgraded; MSP mode needs a fresh one.',
    },
    {
      number: 3,
      id: 'NO_EXTERNAL_USERS',
      question: 'Are external users not configured and not needed?',
      answer: yesOrNo(mode.externalUsers === 0),
      source: '/v1/msp-mode#/externalUsers',
      reason: none(mode.externalUsers, 'external user'),
    },
    {
      number: 4,
      id: 'NO_COLLABORATOR_GROUPS',
      question: 'Are collaborator people groups not configured and not needed?',
      answer: yesOrNo(mode.collaboratorGroups === 0),
      source: '/v1/msp-mode#/collaboratorGroups',
      reason: none(mode.collaboratorGroups, 'collaborator group'),
    },
    {
      number: 5,
      id: 'DEPLOYMENT',
      question: 'How is it deployed, and so who enables it?',
      answer: hosting,
      source: profile('hosting'),
      reason:
        hosting === 'SAAS'
          ? 'It is hosted: raise a ticket, the help desk enables it.'
          : 'It is on premises: the system administrator enables it.',
    },
  ];
  const refused = questions.find(({ answer }) => answer === 'NO');
  return {
    eligible: refused === undefined,
    firstRefusal: refused ? { question: refused.id, reason: refused.reason } : null,
    enabledBy: hosting === 'SAAS' ? 'HELP_DESK_TICKET' : 'SYSTEM_ADMINISTRATOR',
    questions,
  };
}

/** Refuses with the first question whose answer is no. */
export function requireEligible(provider: Facts, mode: MspMode): void {
  const { firstRefusal } = walk(provider, mode);
  if (firstRefusal) refuse(notEligible, firstRefusal.reason, { question: firstRefusal.question });
}
