import { randomBytes } from 'node:crypto';
import { type EventType } from '../../../domain/events';
import { type NewId } from '../../../domain/ids';
import { MOST_WEBHOOK_ENDPOINTS, type Setback, type WebhookState } from '../../../domain/webhook-endpoint';
import { type Clock } from '../../../ports/clock';
import {
  type DueEndpoint,
  type WebhookDeliveries,
  type WebhookEndpoint,
  type WebhookEndpoints,
  type WebhookTarget,
} from '../../../ports/webhook-endpoints';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { HEAD } from './event-feed';
import { Prisma, type PrismaClient, type WebhookEndpoint as EndpointColumns } from './generated/client';

interface EndpointRow {
  readonly id: string;
  readonly url: string;
  readonly types: EventType[];
  readonly state: WebhookState;
  readonly last_error: string | null;
  readonly next_try_at: Date | null;
  readonly created_at: Date;
  readonly position: bigint;
  readonly lag: bigint;
}

/** As strong as the HMAC that it keys. */
const SECRET_BYTES = 32;

/** Webhook endpoints in PostgreSQL; their places in the feed are cursors under their ids. */
export class PrismaWebhookEndpoints implements WebhookEndpoints, WebhookDeliveries {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly context: { readonly newId: NewId; readonly now: Clock },
  ) {}

  create({ url, types }: WebhookTarget): Promise<{ endpoint: WebhookEndpoint; secret: string } | null> {
    const { newId, now } = this.context;
    const id = newId('webhookEndpoint');
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64url')}`;
    return this.prisma.$transaction(async (tx) => {
      // Of two at once the later one counts the earlier one.
      await tx.$executeRaw`LOCK TABLE webhook_endpoints IN SHARE ROW EXCLUSIVE MODE`;
      if ((await tx.webhookEndpoint.count()) >= MOST_WEBHOOK_ENDPOINTS) return null;
      const createdAt = new Date(now());
      await tx.webhookEndpoint.create({ data: { id, url, types: [...(types ?? [])], secret, createdAt } });
      await tx.$executeRaw`INSERT INTO event_cursors (subscriber, lane, position) VALUES (${id}, 0, ${HEAD})`;
      const endpoint = await read(tx, id);
      return endpoint && { endpoint, secret };
    }, TRANSACTION_LIMITS);
  }

  find(id: string): Promise<WebhookEndpoint | null> {
    return read(this.prisma, id);
  }

  async list(): Promise<WebhookEndpoint[]> {
    return (await select(this.prisma, Prisma.sql`true`)).map(toEndpoint);
  }

  async update(id: string, change: WebhookTarget & { enabled: boolean }): Promise<WebhookEndpoint | null> {
    const { url, types, enabled } = change;
    await this.prisma.webhookEndpoint.updateMany({
      where: { id },
      data: { url, types: [...(types ?? [])], ...NO_FAILURES, state: enabled ? 'active' : 'disabled' },
    });
    return this.find(id);
  }

  remove(id: string): Promise<boolean> {
    return this.prisma.$transaction(async (tx) => {
      await tx.eventCursor.deleteMany({ where: { subscriber: id } });
      return (await tx.webhookEndpoint.deleteMany({ where: { id } })).count > 0;
    }, TRANSACTION_LIMITS);
  }

  replay(id: string, after: string): Promise<WebhookEndpoint | null> {
    return this.prisma.$transaction(async (tx) => {
      // The lease goes, too: whoever is delivering would carry the cursor on to where it was.
      await tx.$executeRaw`
        UPDATE event_cursors SET position = least(${after}::bigint, ${HEAD}), lease = NULL, leased_until = NULL
        WHERE subscriber = ${id}`;
      return read(tx, id);
    }, TRANSACTION_LIMITS);
  }

  async due(limit: number): Promise<DueEndpoint[]> {
    const rows = await this.prisma.$queryRaw<DueRow[]>`
      SELECT e.id, e.url, e.secret, e.types, e.failures, e.failing_since FROM webhook_endpoints e
      JOIN event_cursors c ON c.subscriber = e.id
      WHERE e.state <> 'disabled' AND (e.next_try_at IS NULL OR e.next_try_at <= ${new Date(this.context.now())})
        AND c.position < ${HEAD} AND (c.leased_until IS NULL OR c.leased_until < clock_timestamp())
      ORDER BY c.moved_at LIMIT ${limit}`;
    return rows.map(({ id, url, secret, types, failures, failing_since: since }) => ({
      id,
      url,
      secret,
      types: types.length === 0 ? null : types,
      failures: since && { count: failures, since: since.getTime() },
    }));
  }

  async recovered(id: string): Promise<void> {
    await this.prisma.webhookEndpoint.updateMany({
      where: { id, state: 'failing' },
      data: { ...NO_FAILURES, state: 'active' },
    });
  }

  async setBack(id: string, next: Setback, lastError: string): Promise<void> {
    await this.prisma.webhookEndpoint.updateMany({
      where: { id, state: { not: 'disabled' } },
      data: {
        state: next.state,
        failures: next.failures.count,
        failingSince: new Date(next.failures.since),
        nextTryAt: next.state === 'failing' ? new Date(next.nextTryAt) : null,
        lastError,
      },
    });
  }
}

type DueRow = Pick<EndpointColumns, 'id' | 'url' | 'secret' | 'failures'> & {
  readonly types: EventType[];
  readonly failing_since: Date | null;
};

const NO_FAILURES = { failures: 0, failingSince: null, nextTryAt: null, lastError: null };

async function read(sql: Sql, id: string): Promise<WebhookEndpoint | null> {
  const [row] = await select(sql, Prisma.sql`e.id = ${id}`);
  return row ? toEndpoint(row) : null;
}

function select(sql: Sql, where: Prisma.Sql): Promise<EndpointRow[]> {
  return sql.$queryRaw`
    SELECT e.id, e.url, e.types, e.state, e.last_error, e.next_try_at, e.created_at, c.position, ${HEAD} - c.position AS lag
    FROM webhook_endpoints e JOIN event_cursors c ON c.subscriber = e.id WHERE ${where} ORDER BY e.id`;
}

function toEndpoint(row: EndpointRow): WebhookEndpoint {
  return {
    id: row.id,
    url: row.url,
    types: row.types.length === 0 ? null : row.types,
    state: row.state,
    lastError: row.last_error,
    nextTryAt: row.next_try_at && row.next_try_at.toISOString(),
    position: row.position.toString(),
    lag: Number(row.lag),
    createdAt: row.created_at.toISOString(),
  };
}
