import type { Plan } from '../kit/plan.ts';
import type { Markets } from './enrolment.ts';
import { altered, type CatalogSettings } from './settings.ts';
import { type CatalogueOperation, requestWork, viewWork } from './work.ts';

/** Asks for everybody's row: people of the company and users get theirs, and whoever is gone loses it. */
export function enrolEverybody(
  customerId: string,
  settings: CatalogSettings,
  made: { operationId: string; now: string },
): Plan<CatalogueOperation> {
  const { work, write, announcement, location } = requestWork(
    {
      id: made.operationId,
      customerId,
      type: 'ENROLMENT',
      generation: settings.generation,
      walks: ['PEOPLE', 'USERS', 'ROWS'],
    },
    made.now,
  );
  return {
    writes: [write],
    receipt: {
      action: 'catalog.enrol',
      subject: customerId,
      tenantId: customerId,
      after: { operationId: made.operationId },
    },
    announcements: [announcement],
    reply: { body: viewWork(work, { settled: settings.settled, now: made.now }), version: 1, location },
  };
}

/** Asks for everybody's row after the company's name has changed; undefined where no filter asks for it. */
export function regroup(
  customerId: string,
  { settings, rules }: Markets,
  made: { operationId: string; now: string },
): Plan | undefined {
  const asks = rules.some(({ filters, gatherings }) =>
    [...filters, ...gatherings.flatMap((one) => one.filters)].some(({ all }) =>
      all.some(({ attribute }) => attribute === 'company'),
    ),
  );
  if (!asks) return undefined;
  const generation = settings.generation + 1;
  const { write, announcement } = requestWork(
    { id: made.operationId, customerId, type: 'ENROLMENT', generation, walks: ['ROWS'] },
    made.now,
  );
  return {
    writes: [write, altered(customerId, settings, { generation })],
    receipt: { action: 'catalog.regroup', subject: customerId, tenantId: customerId, after: { generation } },
    announcements: [announcement],
    reply: {},
  };
}
