import { client } from '../../lib/aws/db.ts';
import { guard } from './rights.ts';
import { shorten } from './wire.ts';

shorten(client());
guard();
