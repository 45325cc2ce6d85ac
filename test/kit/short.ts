import { client } from '../../lib/aws/dynamo.ts';
import { guard } from './rights.ts';
import { shortly } from './wire.ts';

client().exchange = shortly;
guard();
