import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { region } from './assembly.ts';
import { Stop } from './failure.ts';
import { operatorKey } from './sqs.ts';

/** The file by which `npm run token`, the demo, `ops` and `fsck` find a running stack. */
export const addressFile = 'stack.json';

/** Makes this process read and write the table of the local stack that runs on a folder, as its operator. */
export function attach(dir: string): void {
  const file = join(dir, addressFile);
  if (!existsSync(file)) throw new Stop(`No stack is running on ${dir}: start it with \`npm start\`.`);
  const { dynamoUrl, controlUrl, busName, tableNames } = JSON.parse(readFileSync(file, 'utf8')) as {
    dynamoUrl: string;
    controlUrl: string;
    busName: string;
    tableNames: string[];
  };
  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: operatorKey,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl,
    AWS_ENDPOINT_URL_SQS: controlUrl,
    AWS_ENDPOINT_URL_EVENTBRIDGE: controlUrl,
    BUS_NAME: busName,
    TABLE_NAME: tableNames[0],
  });
}
