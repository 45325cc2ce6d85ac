import { insufficient, outOfBounds } from '../../lib/credits/problems.ts';
import { route } from '../../lib/kit/route.ts';
import { newRequest, submit } from '../../lib/requests/order.ts';
import {
  customerOut,
  forAnother,
  notEntitled,
  priceTooHigh,
  quantityOutOfRange,
} from '../../lib/requests/problems.ts';
import { serviceRequest } from '../../lib/requests/request.ts';
import { orderStanding } from '../../lib/requests/store.ts';
import { ownHome } from './moving.ts';

export const submitServiceRequest = route({
  id: 'submitServiceRequest',
  method: 'POST',
  path: '/v1/requests',
  summary: 'Request an item of your catalogue',
  description:
    'Its price is frozen on the request; where it costs credits they are debited from your company’s balance at once.',
  permission: 'end-user',
  target: ownHome,
  body: newRequest,
  dryRun: true,
  reply: { status: 201, body: serviceRequest },
  refuses: [
    customerOut,
    notEntitled,
    forAnother,
    quantityOutOfRange,
    priceTooHigh,
    insufficient,
    outOfBounds,
  ],
  load: orderStanding,
  decide: (input, standing) => submit(standing, input.body, input),
});
