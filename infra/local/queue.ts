import { randomUUID } from 'node:crypto';
import type { Store } from './store.ts';

export interface Message {
  readonly id: number;
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receives: number;
}

/** A durable queue with the semantics of SQS that matter here: visibility, receive count, dead letters. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly visibilitySeconds: number;
  send(body: string, attributes?: Record<string, string>): string;
  /** Up to `most` visible messages, hidden until `visibilitySeconds` have passed. */
  receive(most: number): Message[];
  remove(ids: readonly number[]): void;
  /** Shows messages that were received again after `seconds`, but for those that were postponed. */
  release(ids: readonly number[], seconds: number): void;
  /** Hides a message that was received until `seconds` have passed; false where it is not under way. */
  postpone(receiptHandle: string, seconds: number): boolean;
  /** Messages waiting, hidden ones included. */
  size(): number;
  /** When the next message becomes visible (milliseconds since 1970). */
  nextAt(): number | undefined;
  /** Called when something was sent. */
  onSend(listener: () => void): void;
}

export interface QueueOptions {
  readonly name: string;
  readonly arn: string;
  readonly visibilitySeconds: number;
  readonly delaySeconds?: number;
  /** A postponed message waits at most so long. */
  readonly longestSeconds?: number;
  /** After so many receives a message goes to `deadLetters` instead. */
  readonly redrive?: { readonly most: number; readonly deadLetters: () => Queue | undefined };
  readonly now?: () => number;
}

export function openQueue(store: Store, options: QueueOptions): Queue {
  const { name, arn } = options;
  const now = options.now ?? Date.now;
  const { database } = store;
  const insert = database.prepare(
    'INSERT INTO messages (queue, message_id, body, attributes, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const visible = database.prepare(
    'SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?',
  );
  const hide = database.prepare(
    'UPDATE messages SET visible_at = ?, receives = receives + 1, received_at = coalesce(received_at, ?) WHERE id = ?',
  );
  const show = database.prepare('UPDATE messages SET visible_at = ? WHERE id = ?');
  const drop = database.prepare('DELETE FROM messages WHERE id = ?');
  const bury = database.prepare(
    'UPDATE messages SET queue = ?, visible_at = ?, receives = 0, received_at = NULL WHERE id = ?',
  );
  const count = database.prepare(
    'SELECT count(*) AS size, min(visible_at) AS next FROM messages WHERE queue = ?',
  );
  // Nobody holds a message of an earlier run any more.
  database.prepare('UPDATE messages SET visible_at = 0 WHERE queue = ? AND receives > 0').run(name);
  const listeners: (() => void)[] = [];
  const postponed = new Set<number>();
  const held = new Set<number>();
  /** A message is under way no more; true where it was postponed meanwhile. */
  const settle = (id: number): boolean => {
    held.delete(id);
    return postponed.delete(id);
  };
  return {
    name,
    arn,
    visibilitySeconds: options.visibilitySeconds,
    send(body, attributes = {}) {
      const messageId = randomUUID();
      const at = now();
      insert.run(
        name,
        messageId,
        body,
        JSON.stringify(attributes),
        at,
        at + (options.delaySeconds ?? 0) * 1000,
      );
      for (const listener of listeners) queueMicrotask(listener);
      return messageId;
    },
    receive: (most) =>
      store.together(() => {
        const at = now();
        const taken: Message[] = [];
        for (const row of visible.all(name, at, most)) {
          const id = Number(row.id);
          const receives = Number(row.receives) + 1;
          const grave =
            options.redrive && receives > options.redrive.most ? options.redrive.deadLetters() : undefined;
          if (grave) {
            bury.run(grave.name, at, id);
            continue;
          }
          hide.run(at + options.visibilitySeconds * 1000, at, id);
          held.add(id);
          taken.push({
            id,
            messageId: String(row.message_id),
            body: String(row.body),
            attributes: JSON.parse(String(row.attributes)),
            sentAt: Number(row.sent_at),
            firstReceivedAt: row.received_at === null ? at : Number(row.received_at),
            receives,
          });
        }
        return taken;
      }),
    remove: (ids) =>
      store.together(() => {
        for (const id of ids) {
          settle(id);
          drop.run(id);
        }
      }),
    release: (ids, seconds) =>
      store.together(() => {
        for (const id of ids) if (!settle(id)) show.run(now() + seconds * 1000, id);
      }),
    postpone(receiptHandle, seconds) {
      const id = Number(receiptHandle);
      if (!held.has(id)) return false;
      postponed.add(id);
      show.run(now() + Math.min(seconds, options.longestSeconds ?? seconds) * 1000, id);
      return true;
    },
    size: () => Number(count.get(name)?.size ?? 0),
    nextAt() {
      const next = count.get(name)?.next;
      return next === null || next === undefined ? undefined : Number(next);
    },
    onSend: (listener) => void listeners.push(listener),
  };
}
