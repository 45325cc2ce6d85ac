import * as z from 'zod';
import { toNdjson } from '../../lib/catalog/export.ts';
import { wholeCatalogue } from '../../lib/catalog/export-store.ts';
import { pricingFor } from '../../lib/catalog/item-store.ts';
import { catalogueTooLong } from '../../lib/catalog/problems.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

const most = 1000;
// A reply has at most 6 MB.
const mostBytes = 5_000_000;

export const exportCatalogue = route({
  id: 'exportCatalogue',
  method: 'GET',
  path: '/v1/catalogue.ndjson',
  summary: 'The newest revisions of your catalogue, one a line, as an import takes them; at most 1,000',
  permission: 'catalogue.read',
  target: { home: ['PROVIDER'] },
  reply: { status: 200, body: z.string(), media: 'application/x-ndjson' },
  refuses: [catalogueTooLong],
  load: async ({ home }) => {
    const [whole, pricing] = await Promise.all([wholeCatalogue(home, most), pricingFor(home)]);
    return { whole, pricing };
  },
  decide: (_, { whole, pricing }) => {
    const text = toNdjson(whole ?? refuse(catalogueTooLong), pricing);
    return Buffer.byteLength(text) > mostBytes ? refuse(catalogueTooLong) : answer(text);
  },
});
