import { guard } from './rights.ts';

guard();
