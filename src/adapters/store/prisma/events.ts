import { EVENTS, type EventPayloads, type EventType } from '../../../domain/events';
import { type NewId } from '../../../domain/ids';
import { type Sql } from './client';
import { Prisma } from './generated/client';

/**
 * Events, written to the outbox in the transaction of the fact they tell. Whoever writes one of an order holds the order's
 * row, or another lock that all writers of that fact take: what is told later of it then stands later in the feed.
 */

/** A row of the outbox, as `announceRows` takes it. */
export interface NewEventRow {
  readonly id: string;
  readonly type: EventType;
  readonly schema_version: number;
  readonly order_id: string | null;
  readonly payload: object;
}

/** A row of the outbox. Payloads hold ids and amounts, no personal data. */
export function eventRow<T extends EventType>(
  newId: NewId,
  type: T,
  orderId: string | null,
  payload: EventPayloads[T],
): NewEventRow {
  return { id: newId('event'), type, schema_version: EVENTS[type], order_id: orderId, payload };
}

/** Writes one event within the caller's transaction. */
export async function announce<T extends EventType>(
  tx: Sql,
  newId: NewId,
  type: T,
  orderId: string | null,
  payload: EventPayloads[T],
): Promise<void> {
  const { id, schema_version: schemaVersion } = eventRow(newId, type, orderId, payload);
  await tx.outbox.create({
    data: { id, type, schemaVersion, orderId, payload: payload as unknown as Prisma.InputJsonObject },
  });
}

const INTO_OUTBOX = Prisma.sql`INSERT INTO outbox (id, type, schema_version, order_id, payload)`;

/** CTE `announced`: writes the rows, if `condition` holds. */
export function announceRows(rows: readonly NewEventRow[], condition = Prisma.sql`true`): Prisma.Sql {
  return Prisma.sql`
  announced AS (
    ${INTO_OUTBOX}
    SELECT r.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(id text, type text, schema_version smallint, order_id text, payload jsonb)
    WHERE ${condition})`;
}

/** An event whose payload is put together by the database, out of the row `m` that the fact is about. */
export interface EventSql {
  readonly type: EventType;
  readonly payload: Prisma.Sql;
}

/** The payload as SQL: an expression on `m` for every field, none left out. */
export function eventSql<T extends EventType>(
  type: T,
  fields: { readonly [K in keyof EventPayloads[T]]: Prisma.Sql },
): EventSql {
  const pairs = Object.entries(fields as Record<string, Prisma.Sql>).map(
    ([name, value]) => Prisma.sql`${name}::text, ${value}`,
  );
  return { type, payload: Prisma.sql`jsonb_build_object(${Prisma.join(pairs)})` };
}

/**
 * `INSERT` of the events for each row of `m`, which has an `order_id` and the `event_ids` that its events take, from the
 * `first` on (1 is the first).
 */
export function announceFrom(m: Prisma.Sql, events: readonly EventSql[], first = 1): Prisma.Sql {
  const rows = events.map(
    ({ type, payload }, index) =>
      Prisma.sql`(m.event_ids[${first + index}::int], ${type}::text, ${EVENTS[type]}::smallint, m.order_id, ${payload})`,
  );
  return Prisma.sql`${INTO_OUTBOX} SELECT e.* FROM ${m} m CROSS JOIN LATERAL (VALUES ${Prisma.join(rows)}) AS e`;
}

/** Writes events in their order, in one statement, within the caller's transaction. */
export async function announceAll(tx: Sql, rows: readonly NewEventRow[]): Promise<void> {
  if (rows.length > 0) await tx.$executeRaw`WITH ${announceRows(rows)} SELECT 1`;
}
