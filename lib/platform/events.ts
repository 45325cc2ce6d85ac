import * as z from 'zod';
import { event } from '../kit/event.ts';

export const providerCreated = event({
  type: 'providers.created.v1',
  summary: 'A provider (MSP) was added to the installation',
  data: z.strictObject({ name: z.string(), hosting: z.string(), installation: z.string() }),
  example: { name: 'Northwind MSP', hosting: 'SAAS', installation: 'FRESH' },
});
