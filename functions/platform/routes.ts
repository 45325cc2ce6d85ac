import type { Route } from '../../lib/kit/route.ts';
import { addMember } from './add-member.ts';
import { changeMember } from './change-member.ts';
import { createProvider } from './create-provider.ts';
import { getMe } from './get-me.ts';
import { getMember } from './get-member.ts';
import { getProvider } from './get-provider.ts';
import { listMembers } from './list-members.ts';
import { listProviders } from './list-providers.ts';
import { removeMember } from './remove-member.ts';
import { updateProvider } from './update-provider.ts';

export const routes: readonly Route[] = [
  getMe,
  createProvider,
  listProviders,
  getProvider,
  updateProvider,
  addMember,
  listMembers,
  getMember,
  changeMember,
  removeMember,
];
