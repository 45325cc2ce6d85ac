import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { type Plan, refuse } from '../kit/plan.ts';
import { notFound } from '../kit/problem.ts';
import { mostAtOnce } from './arrange.ts';
import { fullViewSwitched } from './events.ts';
import { altered, type CatalogSettings, unaltered } from './settings.ts';
import { opened, type Shelf } from './shelf.ts';
import { requestWork } from './work.ts';

/** Whether everyone of a customer sees all that is assigned to it, but for the restricted items. */
export const fullView = z.strictObject({
  on: z.boolean(),
  operationId: z.string().nullable().describe('The work in the background that the switch needed'),
});
export const switchedView = z.strictObject({ on: z.boolean() });

type ViewReply = z.input<typeof fullView>;

/** Switches full view: at once where all assignments fit into the transaction, else in the background. */
export function switchView(
  customerId: string,
  state: { settings: CatalogSettings; shelves: readonly Shelf[]; more: boolean },
  command: { on: boolean; operationId: string; now: string },
): Plan<ViewReply> {
  const { settings, shelves, more } = state;
  const { on } = command;
  if (settings.fullView === on) {
    return { writes: [], reply: { body: { on, operationId: null }, version: settings.version } };
  }
  const work = more
    ? requestWork(
        { id: command.operationId, customerId, type: 'FULL_VIEW', walks: ['ASSIGNED'] },
        command.now,
      )
    : undefined;
  return {
    writes: [
      altered(customerId, settings, { fullView: on }),
      ...(work ? [work.write] : shelves.flatMap((one) => opened(one, { fullView: on }) ?? [])),
    ],
    receipt: {
      action: 'catalog.switch_full_view',
      subject: customerId,
      before: { on: settings.fullView },
      after: { on },
    },
    announcements: [announce(fullViewSwitched, customerId, { on }), ...(work ? [work.announcement] : [])],
    reply: {
      body: { on, operationId: work ? command.operationId : null },
      version: settings.version + 1,
      ...(work ? { status: 202, location: work.location } : {}),
    },
  };
}

export const mostShelves = mostAtOnce;

/** An item that full view does not open; marketplaces still do. */
export const restrictedItem = z.strictObject({ id: z.string(), type: z.string(), name: z.string() });

/** Puts an assigned item on the customer's restricted list, or takes it off. */
export function restrict(
  customerId: string,
  state: { settings: CatalogSettings; shelf: Shelf | undefined },
  restricted: boolean,
): Plan<z.input<typeof restrictedItem>> {
  const { settings } = state;
  const shelf = state.shelf ?? refuse(notFound);
  const { id, type, name } = shelf;
  const write = opened(shelf, { fullView: settings.fullView, restricted });
  const reply = restricted ? { body: { id, type, name } } : { status: 204 };
  if (!write) return { writes: [], reply };
  return {
    writes: [write, unaltered(customerId, settings)],
    receipt: {
      action: restricted ? 'catalog.restrict' : 'catalog.unrestrict',
      subject: id,
      before: { restricted: !restricted },
      after: { restricted },
    },
    reply,
  };
}
