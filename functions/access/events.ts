import { consume } from '../../lib/aws/consume.ts';
import { subscribers } from './subscribers.ts';

export const handler = consume(subscribers);
