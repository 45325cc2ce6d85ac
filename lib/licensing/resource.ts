import * as z from 'zod';
import { resourceTypes } from '../kit/resource.ts';

export const resourceType = z.enum(resourceTypes);
export type ResourceType = z.infer<typeof resourceType>;

/** Most licences of one type: percentages of it stay exact whole numbers. */
export const mostLicences = 1_000_000_000;
