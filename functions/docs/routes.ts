/** Public documents: like a context's routes, but not part of the documented API itself. */
export const routes = [
  { id: 'getOpenApi', method: 'GET', path: '/openapi.json', permission: 'public' },
  { id: 'getDocs', method: 'GET', path: '/docs', permission: 'public' },
  { id: 'getDocsRenderer', method: 'GET', path: '/docs/reference.js', permission: 'public' },
  { id: 'getDocsStyle', method: 'GET', path: '/docs/reference.css', permission: 'public' },
  { id: 'getProblems', method: 'GET', path: '/docs/problems', permission: 'public' },
] as const;

export type DocumentId = (typeof routes)[number]['id'];
