/** Pages for people without a token of ours: like a context's routes, but not part of the documented API itself. */
export const pageRoutes = [
  { id: 'showImport', method: 'GET', path: '/import/confirm', permission: 'public' },
  { id: 'answerImportPage', method: 'POST', path: '/import/confirm', permission: 'public' },
] as const;
