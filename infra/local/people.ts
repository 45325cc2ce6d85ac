/** Who can sign in on a fresh local stack, by role: the names that `npm run token -- <role>` knows. */
export const people: Readonly<Record<string, string>> = {
  PLATFORM_OPERATOR: 'operator@quartermaster.example.com',
  HELP_DESK_HANDLER: 'helpdesk@quartermaster.example.com',
};
