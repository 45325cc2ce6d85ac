import { serve } from '../../lib/aws/serve.ts';
import { routes } from './routes.ts';

export const handler = serve(routes);
