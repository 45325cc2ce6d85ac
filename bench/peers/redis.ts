import { Redis } from 'ioredis';

const client = new Redis(process.env.PEER_REDIS ?? '');
client.defineCommand('debit', {
  numberOfKeys: 3,
  lua: `if redis.call('EXISTS', KEYS[3]) == 1 then return redis.call('GET', KEYS[1]) end
    if tonumber(redis.call('GET', KEYS[1])) < tonumber(ARGV[1]) then return false end
    local left = redis.call('DECRBY', KEYS[1], ARGV[1])
    redis.call('RPUSH', KEYS[2], ARGV[1])
    redis.call('SET', KEYS[3], left)
    return left`,
});
const ledger = client as Redis & {
  debit(balance: string, entries: string, request: string, amount: number): Promise<string | null>;
};

/** A debit of a ledger in Lua: balance, entry and idempotency in one script. */
export async function handler({ body }: { body: string }) {
  const { requestId, amount } = JSON.parse(body);
  const balance = await ledger.debit('balance', 'entries', `request:${requestId}`, amount);
  return { statusCode: balance === null ? 409 : 201, body: JSON.stringify({ balance }) };
}
