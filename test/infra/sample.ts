import * as z from 'zod';
import { type Context, subscriber } from '../../lib/kit/context.ts';
import { event } from '../../lib/kit/event.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

const happened = event({
  type: 'sample.happened.v1',
  summary: 'Something happened',
  data: z.object({ what: z.string() }),
  example: { what: 'a thing' },
});

const nothing = async () => {};

const read = route({
  id: 'getSample',
  method: 'GET',
  path: '/v1/samples/{sampleId}',
  summary: 'A sample',
  permission: 'signed-in',
  reply: { status: 200 },
  refuses: [],
  decide: () => answer({}),
});

const open = route({
  id: 'getOpenSample',
  method: 'GET',
  path: '/v1/open-samples',
  summary: 'A public sample',
  permission: 'public',
  reply: { status: 200 },
  refuses: [],
  decide: () => answer({}),
});

const heavy = route({
  id: 'importDirectory',
  method: 'POST',
  path: '/v1/sample-imports',
  summary: 'An import',
  permission: 'signed-in',
  reply: { status: 202 },
  refuses: [],
  decide: () => answer({}),
});

/** A context with one of each: route, public route, throttled route, own event, foreign event. */
export const sample: Context = {
  name: 'samples',
  impact: 'Nobody sees samples.',
  routes: [read, open, heavy],
  needs: {
    table: ['get', 'put', 'update', 'delete', 'check', 'query', 'batchGet'],
    index: true,
    cursor: true,
  },
  reactionNeeds: { table: ['get', 'put'], mail: true },
  subscribers: [
    subscriber({
      id: 'on-sample-happened',
      on: happened,
      impact: 'Samples are not mailed.',
      handle: nothing,
    }),
    subscriber({
      id: 'on-mail-bounced',
      on: { source: 'aws.ses', detailTypes: ['Email Bounced', 'Email Complaint Received'] },
      impact: 'Bounces are not seen.',
      handle: nothing,
    }),
  ],
};
