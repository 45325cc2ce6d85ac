import { problem } from '../kit/problem.ts';

export const itemIncomplete = problem({
  code: 'catalogue.incomplete',
  status: 422,
  title: 'Mandatory details of the item are missing',
});
export const notForType = problem({
  code: 'catalogue.not_for_type',
  status: 422,
  title: 'An item of this type has no such detail',
});
export const wrongState = problem({
  code: 'catalogue.wrong_state',
  status: 409,
  title: 'The newest revision of the item is in a state that does not allow this',
});
export const codeTaken = problem({
  code: 'catalogue.code_taken',
  status: 409,
  title: 'Another item of the catalogue has this code',
});
export const notYourItem = problem({
  code: 'catalogue.not_your_item',
  status: 403,
  title: 'You may change what you made yourself; the suppliers’ administrator what suppliers made',
});
export const notPublished = problem({
  code: 'catalogue.not_published',
  status: 409,
  title: 'No revision of the item is published',
});
export const partOfBundle = problem({
  code: 'catalogue.part_of_bundle',
  status: 409,
  title: 'Published bundles hold this service',
});
export const partUnknown = problem({
  code: 'catalogue.part_unknown',
  status: 422,
  title: 'The parts of a bundle must be services of this catalogue',
});
export const partNotPublished = problem({
  code: 'catalogue.part_not_published',
  status: 409,
  title: 'Every part of a bundle must be published before the bundle is',
});
export const tooManyBundles = problem({
  code: 'catalogue.too_many_bundles',
  status: 409,
  title: 'A service is part of at most 40 published bundles',
});
export const wasPublished = problem({
  code: 'catalogue.was_published',
  status: 409,
  title: 'An item that was ever published is unpublished, not removed',
});
export const notAvailable = problem({
  code: 'catalogue.not_available',
  status: 409,
  title: 'The parent does not have this item, or the provider has not published it',
});
export const heldBelow = problem({
  code: 'catalogue.held_below',
  status: 409,
  title: 'Customers or resellers right below still have the item',
});
export const movingIn = problem({
  code: 'catalogue.moving_in',
  status: 409,
  title: 'A customer has just moved in right below, and what it has is being counted: try again in a moment',
});
export const importTooLong = problem({
  code: 'catalogue.import_too_long',
  status: 413,
  title: 'A file of catalogue items has at most 1,000 rows',
});
export const catalogueTooLong = problem({
  code: 'catalogue.too_long',
  status: 409,
  title: 'The catalogue is longer than one file; read its pages',
});
