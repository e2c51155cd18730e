import { type Standing, type Standings } from '../../../ports/standings';
import { Prisma, type PrismaClient } from './generated/client';

interface Row {
  readonly count: bigint;
  readonly oldest: number | null;
}

/** When each order that is closing began to. */
const CLOSING = Prisma.sql`
  SELECT f.at FROM orders o
  CROSS JOIN LATERAL (SELECT max(at) AS at FROM order_facts WHERE order_id = o.id AND kind = 'state' AND what = 'closing') f
  WHERE o.status = 'closing'`;

export class PrismaStandings implements Standings {
  constructor(private readonly prisma: PrismaClient) {}

  closing(): Promise<Standing> {
    return this.standing(CLOSING);
  }

  async closingLongerThan(seconds: number): Promise<number> {
    const [row] = await this.prisma.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) FROM (${CLOSING}) closing WHERE at < clock_timestamp() - make_interval(secs => ${seconds})`;
    return Number(row?.count ?? 0);
  }

  startIntents(): Promise<Standing> {
    return this.standing(Prisma.sql`SELECT created_at AS at FROM start_intents`);
  }

  inbox(): Promise<Standing> {
    return this.standing(Prisma.sql`SELECT received_at AS at FROM webhook_inbox WHERE state = 'received'`);
  }

  async unsettledRefunds(): Promise<readonly (readonly [string, number])[]> {
    const rows = await this.prisma.$queryRaw<{ status: string; count: bigint }[]>`
      SELECT status, count(*) FROM refunds WHERE status <> 'succeeded' GROUP BY status`;
    const counts = new Map(rows.map(({ status, count }) => [status, Number(count)]));
    return UNSETTLED.map((status) => [status, counts.get(status) ?? 0] as const);
  }

  /** Of rows with the time `at` since which each waits. */
  private async standing(rows: Prisma.Sql): Promise<Standing> {
    const [row] = await this.prisma.$queryRaw<Row[]>`
      SELECT count(*), extract(epoch FROM clock_timestamp() - min(at))::float8 AS oldest FROM (${rows}) waiting`;
    return { count: Number(row?.count ?? 0), oldestSeconds: Math.max(0, row?.oldest ?? 0) };
  }
}

const UNSETTLED = ['pending', 'processing', 'manual'] as const;
