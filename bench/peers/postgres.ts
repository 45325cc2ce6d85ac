import { Client } from 'pg';

const client = new Client(process.env.PEER_POSTGRES ?? '');
const connected = client.connect();

/** A debit of a one-statement ledger: account, entry and idempotency in one common table expression. */
export async function handler({ body }: { body: string }) {
  const { requestId, amount } = JSON.parse(body);
  await connected;
  const { rows } = await client.query({
    name: 'debit',
    text: `WITH fresh AS (
        INSERT INTO entry (id, account, amount) SELECT $1, 'one', $2
        WHERE (SELECT balance FROM account WHERE id = 'one') >= $2 ON CONFLICT DO NOTHING RETURNING amount
      )
      UPDATE account SET balance = balance - fresh.amount FROM fresh WHERE id = 'one' RETURNING balance`,
    values: [requestId, amount],
  });
  return { statusCode: rows.length === 1 ? 201 : 409, body: JSON.stringify(rows[0] ?? {}) };
}
