import { type NewId } from '../../../domain/ids';
import { canMove, type OrderStatus, statesBefore } from '../../../domain/order-status';
import { type ReleaseOutcome } from '../../../ports/order-store';
import { IMPATIENT } from './client';
import { announceFrom, type EventSql } from './events';
import { type Prisma, type PrismaClient } from './generated/client';
import { type Settled } from './group-commit';

/** What one command brings to its kind of state change. */
export interface MoveCommand {
  readonly orderId: string;
}

/** A kind of state change: where to, what else the order's row takes, what goes with it, what the timeline and the events say. */
export interface MoveKind<C extends MoveCommand> {
  readonly to: OrderStatus;
  /** The command's own columns in `moved`, beside `order_id`, `event_ids` and `fact`: `name type` for each. */
  readonly columns: Prisma.Sql;
  /** The values of those columns, by name. */
  readonly values: (command: C) => Readonly<Record<string, unknown>>;
  /** Of the order's row, by the command `a`. */
  readonly set: Prisma.Sql;
  /** A mark for manual handling stops it. */
  readonly unlessManual: boolean;
  /** Further CTEs on `moved`, each with a leading comma. */
  readonly also: Prisma.Sql;
  /** The rows that are told of: `moved`, with whatever the further CTEs know of each. */
  readonly told: Prisma.Sql;
  readonly fact: (command: C) => Readonly<Record<string, unknown>>;
  /** Their payloads are made of the row `m` of `told`. */
  readonly events: readonly EventSql[];
  /** Ids of events that a command takes, those of the further CTEs included. */
  readonly eventIds: number;
}

interface Standing {
  readonly id: string;
  readonly status: OrderStatus;
  readonly stopped: boolean;
  readonly moved: boolean;
}

/**
 * Moves a batch of orders, each as the table allows, with everything that goes with it: one statement, one transaction. Whoever
 * moves several locks the orders in the order of their ids, then the ledger, then the counters. An order that the batch names
 * twice is moved by the first command; the second is told that it is so already.
 */
export async function moveBatch<C extends MoveCommand>(
  prisma: PrismaClient,
  newId: NewId,
  kind: MoveKind<C>,
  batch: readonly C[],
): Promise<Settled<ReleaseOutcome>[]> {
  const first = new Map<string, C>();
  for (const command of batch) if (!first.has(command.orderId)) first.set(command.orderId, command);
  const standing = await moveAll(prisma, newId, kind, [...first.values()]);
  return batch.map((command) => {
    const found = standing.get(command.orderId);
    const isRepeat = first.get(command.orderId) !== command;
    return outcomeOf(
      command.orderId,
      kind.to,
      isRepeat && found?.moved ? { ...found, moved: false, status: kind.to } : found,
    );
  });
}

/** One text for a batch of any size, so that it is parsed and planned once per connection. */
async function moveAll<C extends MoveCommand>(
  prisma: PrismaClient,
  newId: NewId,
  { to, columns, values, set, unlessManual, also, told, fact, events, eventIds }: MoveKind<C>,
  batch: readonly C[],
): Promise<Map<string, Standing>> {
  const asked = batch.map((command) => ({
    ...values(command),
    order_id: command.orderId,
    event_ids: Array.from({ length: eventIds }, () => newId('event')),
    fact: fact(command),
  }));
  const rows = await prisma.$queryRaw<Standing[]>`
    WITH asked AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
        AS r(order_id text, event_ids text[], fact jsonb${columns})),
    standing AS MATERIALIZED (
      SELECT id, status, ${unlessManual} AND manual_since IS NOT NULL AS stopped FROM orders
      WHERE id = ANY(${batch.map(({ orderId }) => orderId)}::text[]) AND ${IMPATIENT} ORDER BY id FOR UPDATE),
    moved AS (
      UPDATE orders o SET status = ${to}, ${set} FROM standing s JOIN asked a ON a.order_id = s.id
      WHERE o.id = s.id AND s.status = ANY(${statesBefore(to)}::text[]) AND NOT s.stopped
      RETURNING a.*, s.status AS "from", o.buyer_id, o.store_id, o.referrer_id, o.close_reason, o.currency)
    ${also},
    told AS (
      INSERT INTO order_facts (order_id, kind, what, data)
      SELECT m.order_id, 'state', ${to}, jsonb_build_object('from', m."from") || m.fact FROM moved m),
    announced AS (${announceFrom(told, events)})
    SELECT id, status, stopped, id IN (SELECT order_id FROM moved) AS moved FROM standing`;
  return new Map(rows.map((row) => [row.id, row]));
}

function outcomeOf(orderId: string, to: OrderStatus, found: Standing | undefined): Settled<ReleaseOutcome> {
  if (!found) return { error: new Error(`the order ${orderId} is not in the database`) };
  if (found.moved) return { ok: { t: 'done' } };
  if (found.status === to) return { ok: { t: 'already' } };
  return { ok: found.stopped && canMove(found.status, to) ? { t: 'held' } : { t: 'refused', status: found.status } };
}
