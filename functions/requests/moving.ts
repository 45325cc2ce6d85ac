import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id, paragraph } from '../../lib/kit/text.ts';
import type { Filed } from '../../lib/requests/request.ts';
import { serviceRequest } from '../../lib/requests/request.ts';
import { endingOf, requestOf } from '../../lib/requests/store.ts';

export const comment = paragraph(1000).optional();
export const said = z.strictObject({ comment: comment.describe('Why, or what is asked') });
export const reasoned = z.strictObject({ comment: paragraph(1000).describe('Why') });

export const ownHome = { home: customerTypes } as const;
export const ownPath = z.strictObject({ requestId: id('request') });
export const requestPath = z.strictObject({ customerId: id('customer'), requestId: id('request') });
export const customerPath = z.strictObject({ customerId: id('customer') });
export const customerTarget = { param: 'customerId', types: customerTypes } as const;

/** What every change of a request of a customer declares alike. */
export const moving = {
  method: 'POST',
  target: customerTarget,
  params: requestPath,
  ifMatch: true,
  reply: { status: 200, body: serviceRequest },
} as const;

type At = { readonly target: string; readonly params: { readonly requestId: string } };

export const loadRequest = ({ target, params }: At) => requestOf(target, params.requestId);
export const loadEnding = ({ target, params, consistent }: At & { readonly consistent: boolean }) =>
  endingOf(target, params.requestId, consistent);

export const found = (filed: Filed | undefined): Filed => filed ?? refuse(notFound);

/** The request, if it is the caller's own. */
export function own(filed: Filed | undefined, personId: string): Filed {
  if (!filed || filed.request.personId !== personId) refuse(notFound);
  return filed;
}
