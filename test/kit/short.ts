import { client } from '../../lib/aws/db.ts';
import { shorten } from './wire.ts';

shorten(client());
