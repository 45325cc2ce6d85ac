import { get } from '../aws/db.ts';
import { type Approval, approvalKey, toApproval } from './approval.ts';

export async function approvalOf(customerId: string): Promise<Approval> {
  return toApproval(await get(approvalKey(customerId), true));
}
