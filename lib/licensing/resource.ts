import * as z from 'zod';

/** What OpManager Plus licences by the piece, each on a meter of its own. */
export const resourceTypes = [
  'DEVICE',
  'INTERFACE',
  'NCM_DEVICE',
  'FIREWALL',
  'IP_SWITCH_PORT',
  'APM_MONITOR',
  'ACCESS_POINT',
  'STORAGE_DEVICE',
] as const;

export const resourceType = z.enum(resourceTypes);
export type ResourceType = z.infer<typeof resourceType>;

/** Most licences of one type: percentages of it stay exact whole numbers. */
export const mostLicences = 1_000_000_000;
