import { client } from '../../lib/aws/dynamo.ts';
import { shortly } from './wire.ts';

client().exchange = shortly;
