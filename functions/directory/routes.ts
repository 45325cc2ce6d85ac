import type { Route } from '../../lib/kit/route.ts';
import { createCompany } from './create-company.ts';
import { createPerson } from './create-person.ts';
import { findPeople } from './find-people.ts';
import { getCompany } from './get-company.ts';
import { getOperation } from './get-operation.ts';
import { getPerson } from './get-person.ts';
import { importDirectory } from './import-directory.ts';
import { listCompanies } from './list-companies.ts';
import { listGroups } from './list-groups.ts';
import { listOperationRows } from './list-operation-rows.ts';
import { listPeople } from './list-people.ts';
import { removeCompany } from './remove-company.ts';
import { removePerson } from './remove-person.ts';
import { updateCompany } from './update-company.ts';
import { updatePerson } from './update-person.ts';

export const routes: readonly Route[] = [
  createCompany,
  listCompanies,
  getCompany,
  updateCompany,
  removeCompany,
  createPerson,
  listPeople,
  getPerson,
  updatePerson,
  removePerson,
  findPeople,
  listGroups,
  importDirectory,
  getOperation,
  listOperationRows,
];
