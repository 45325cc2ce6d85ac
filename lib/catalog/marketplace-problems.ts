import { problem } from '../kit/problem.ts';

export const notYours = problem({
  code: 'marketplaces.not_yours',
  status: 403,
  title: 'Suppliers and asset managers change the marketplaces that they created, and no others',
});
export const personUnknown = problem({
  code: 'marketplaces.person_unknown',
  status: 422,
  title: 'The people of a marketplace must be end users of its customer',
});
export const itemNotAssigned = problem({
  code: 'marketplaces.item_not_assigned',
  status: 409,
  title: 'The items of a marketplace must be assigned to its customer',
});
export const attributeUnknown = problem({
  code: 'marketplaces.attribute_unknown',
  status: 422,
  title: 'Nobody at this customer has an attribute of this name',
});
export const matchesNobody = problem({
  code: 'marketplaces.matches_nobody',
  status: 422,
  title: 'Nobody passes this filter or stands in this group; send `allowEmpty` if that is meant',
});
export const rulesTooLong = problem({
  code: 'marketplaces.rules_too_long',
  status: 422,
  title:
    'Groups and filters take at most 4 KB of JSON: the lists of one marketplace, or of one dynamic group',
});
export const dynamicGroupUnknown = problem({
  code: 'marketplaces.dynamic_group_unknown',
  status: 422,
  title: 'The dynamic groups of a marketplace must be those of its customer',
});
export const unreadableMarketplace = problem({
  code: 'marketplaces.unreadable',
  status: 409,
  title: 'This marketplace was stored in a form that this version of the service cannot read',
});
export const tooManyMarketplaces = problem({
  code: 'marketplaces.too_many',
  status: 409,
  title: 'A customer has at most 500 marketplaces',
});
