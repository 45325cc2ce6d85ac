import { type Caller, call } from './world.ts';

/**
 * Has a process know whose the tenants of a request are, as one that serves them knows: the first request of a caller
 * about a tenant waits for the shell's look at it before it reads, every other reads at once.
 */
export async function acquaint(as: Caller | undefined, ...about: readonly unknown[]): Promise<void> {
  if (!as) return;
  const ids = JSON.stringify(about).match(/(?:cus|prv)_[0-9A-Z]{26}/g) ?? [];
  for (const id of new Set([as.tenant, ...ids])) {
    const path = id.startsWith('prv_') ? 'providers' : 'customers';
    // Whatever it answers: some are planted with less than a profile shows.
    await call(id.startsWith('plt_') ? 'GET /v1/me' : `GET /v1/${path}/${id}`, { as }).catch(() => undefined);
  }
}
