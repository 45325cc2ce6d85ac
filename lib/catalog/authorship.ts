import type { Role } from '../kit/permission.ts';
import { refuse } from '../kit/plan.ts';
import type { Scope } from '../kit/scope.ts';
import type { CatalogItem } from './item.ts';
import { notYourItem } from './problems.ts';

const runsCatalogue = (roles: readonly Role[]) => roles.includes('CATALOG_ADMINISTRATOR');

/** What somebody makes who is a supplier and does not run the catalogue is the suppliers'. */
export const makesAsSupplier = (roles: readonly Role[]): boolean =>
  !runsCatalogue(roles) &&
  (roles.includes('INTERNAL_SUPPLIER') || roles.includes('INTERNAL_SUPPLIER_ADMINISTRATOR'));

/**
 * A supplier writes and hands in what it made itself, the suppliers' administrator also what any of them made, the
 * catalogue's administrator everything. Source: domain.md §1.3.
 */
export function mustBeTheirs(
  { actor, roles }: Pick<Scope, 'actor' | 'roles'>,
  { createdBy, supplied }: Pick<CatalogItem, 'createdBy' | 'supplied'>,
): void {
  if (runsCatalogue(roles) || createdBy === actor.id) return;
  if (supplied && roles.includes('INTERNAL_SUPPLIER_ADMINISTRATOR')) return;
  refuse(notYourItem);
}
