import { problem } from '../kit/problem.ts';

export const companyNameTaken = problem({
  code: 'companies.name_taken',
  status: 409,
  title: 'Another company has this name',
});
export const globalCompany = problem({
  code: 'companies.global',
  status: 409,
  title: 'The Global company cannot be changed or removed',
});
export const companyTypeFixed = problem({
  code: 'companies.type_fixed',
  status: 409,
  title: 'A manufacturer stays one, and no other company becomes one',
});
export const companyHasPeople = problem({
  code: 'companies.has_people',
  status: 409,
  title: 'The company still has people',
});
export const companyIsCustomer = problem({
  code: 'companies.is_customer',
  status: 409,
  title: 'The company is a customer',
});
export const peopleNotAllowed = problem({
  code: 'people.not_allowed',
  status: 409,
  title: 'This company cannot have people',
});
export const loginTaken = problem({
  code: 'people.login_taken',
  status: 409,
  title: 'Another person has this login name',
});
export const emailTaken = problem({
  code: 'people.email_taken',
  status: 409,
  title: 'Another person has this e-mail address',
});
export const unplacedDepartment = problem({
  code: 'people.department_without_organization',
  status: 409,
  title: 'A department needs an organization',
});
export const administersCustomer = problem({
  code: 'people.administers_customer',
  status: 409,
  title: 'The person administers a customer; take that role first',
});
export const unknownCompany = problem({
  code: 'people.company_unknown',
  status: 409,
  title: 'There is no such company to move to',
});
export const unreadableImport = problem({
  code: 'imports.unreadable',
  status: 400,
  title: 'The file cannot be read; nothing was imported',
});
export const importTooLong = problem({
  code: 'imports.too_many_rows',
  status: 400,
  title: 'The file has more than 10,000 rows; nothing was imported',
});
