/** Names of the environment variables that the stack sets, by what grants them. `infra/context.ts` is typed against this. */
export const environment = {
  table: ['TABLE_NAME'],
  /** `PAGED_SESSIONS`: its sessions have places for the customers of a page. */
  sessions: ['TENANT_ROLE_ARN', 'PAGED_SESSIONS'],
  cursor: ['CURSOR_SECRET_ARN'],
  agents: ['AGENT_SECRET_ARN'],
  rhythm: ['PROBE_INTERVAL_SECONDS', 'PROBE_SILENCE_SECONDS'],
  mail: ['MAIL_FROM', 'MAIL_CONFIGURATION_SET'],
  bus: ['BUS_NAME'],
  anchors: ['ANCHOR_BUCKET'],
  directory: ['DIRECTORY_URL', 'DIRECTORY_BASE_DN', 'DIRECTORY_SECRET_ARN'],
  always: ['STAGE', 'PUBLIC_URL'],
} as const;

export type EnvironmentName = (typeof environment)[keyof typeof environment][number];

/** A variable that the stack must have set; throws where it has not. */
export function env(name: EnvironmentName): string {
  const value = process.env[name];
  if (!value) throw new Error(`Environment variable ${name} is not set`);
  return value;
}

export function envOr(name: EnvironmentName, otherwise: string): string {
  return process.env[name] ?? otherwise;
}
