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
