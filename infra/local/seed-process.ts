import { bootstrap, localPeople } from '../bootstrap.ts';

await bootstrap(localPeople);
