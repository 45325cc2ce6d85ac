import type * as sdk from '@aws-sdk/client-dynamodb';
import { type Around, awsJson, type Client, ServiceError } from './aws-json.ts';
import { credentialsNow, forgetSession } from './tenant-session.ts';

/** What the operations of DynamoDB that we use are asked and answer, in the SDK's own words. */
interface Operations {
  readonly BatchGetItem: readonly [sdk.BatchGetItemCommandInput, sdk.BatchGetItemCommandOutput];
  readonly BatchWriteItem: readonly [sdk.BatchWriteItemCommandInput, sdk.BatchWriteItemCommandOutput];
  readonly DeleteItem: readonly [sdk.DeleteItemCommandInput, sdk.DeleteItemCommandOutput];
  readonly GetItem: readonly [sdk.GetItemCommandInput, sdk.GetItemCommandOutput];
  readonly PutItem: readonly [sdk.PutItemCommandInput, sdk.PutItemCommandOutput];
  readonly Query: readonly [sdk.QueryCommandInput, sdk.QueryCommandOutput];
  readonly Scan: readonly [sdk.ScanCommandInput, sdk.ScanCommandOutput];
  readonly TransactWriteItems: readonly [
    sdk.TransactWriteItemsCommandInput & { readonly ClientRequestToken: string },
    sdk.TransactWriteItemsCommandOutput,
  ];
  readonly UpdateItem: readonly [sdk.UpdateItemCommandInput, sdk.UpdateItemCommandOutput];
}

type Answered<Output> = Omit<Output, '$metadata'>;

/** One call of DynamoDB, with its attempts. @throws what `Client.send` throws. */
export type Ask = <O extends keyof Operations>(
  operation: O,
  input: Operations[O][0],
) => Promise<Answered<Operations[O][1]>>;

const service = {
  name: 'dynamodb',
  target: 'DynamoDB_20120810',
  version: '1.0',
  endpoint: 'AWS_ENDPOINT_URL_DYNAMODB',
} as const;

/** A client of DynamoDB that shares nothing with any other. It signs each call in the name of whoever sends it: see `tenant-session.ts`. */
export const newClient = (): Client => {
  const one = awsJson(service, credentialsNow);
  one.around('call', again);
  return one;
};

// The table's clock says that a session is over, whatever ours says: another one is asked for, once.
const again: Around = (call, next) =>
  next(call).catch(async (error: unknown) => {
    if (!(error instanceof ServiceError) || !ended.has(error.name) || !(await forgetSession())) throw error;
    return next(call);
  });
const ended = new Set(['ExpiredTokenException', 'ExpiredToken', 'UnrecognizedClientException']);

let shared: Client | undefined;

/** The one DynamoDB client of this process. */
export function client(): Client {
  shared ??= newClient();
  return shared;
}

/** Asks by a client; by that of the process as `ask`. */
export const asking =
  (one: () => Client): Ask =>
  (operation, input) =>
    one().send(operation, input) as never;

export const ask = asking(client);
