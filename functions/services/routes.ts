import type { Route } from '../../lib/kit/route.ts';
import { changePlan } from './change-plan.ts';
import { changeService } from './change-service.ts';
import { createPlan } from './create-plan.ts';
import { createService } from './create-service.ts';
import { deprovisionCustomerService } from './deprovision-customer-service.ts';
import { deprovisionUserService } from './deprovision-user-service.ts';
import { exportBilling } from './export-billing.ts';
import { getBilling } from './get-billing.ts';
import { getCustomerService } from './get-customer-service.ts';
import { getOffer } from './get-offer.ts';
import { getPlan } from './get-plan.ts';
import { getService } from './get-service.ts';
import { getUserService } from './get-user-service.ts';
import { listCustomerServices } from './list-customer-services.ts';
import { listOffers } from './list-offers.ts';
import { listPlans } from './list-plans.ts';
import { listServices } from './list-services.ts';
import { listUserServices } from './list-user-services.ts';
import { provisionCustomerService } from './provision-customer-service.ts';
import { provisionUserService } from './provision-user-service.ts';
import { setOffer } from './set-offer.ts';
import { withdrawOffer } from './withdraw-offer.ts';

export const routes: readonly Route[] = [
  createService,
  listServices,
  getService,
  changeService,
  createPlan,
  listPlans,
  getPlan,
  changePlan,
  listOffers,
  getOffer,
  setOffer,
  withdrawOffer,
  listCustomerServices,
  getCustomerService,
  provisionCustomerService,
  deprovisionCustomerService,
  listUserServices,
  getUserService,
  provisionUserService,
  deprovisionUserService,
  getBilling,
  exportBilling,
];
