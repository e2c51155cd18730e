import {
  type CaseState,
  type FindingCode,
  FINDINGS,
  type FoundDetails,
  RECONCILE_CLASSES,
  type ReconcileClass,
  type SubjectKind,
} from '../../../domain/reconcile';
import { type Page } from '../../../ports/catalogue';
import {
  type CaseDecision,
  type CaseQuery,
  type ReconcileCase,
  type ReconcileRun,
  type ReconciliationCases,
  type RunProgress,
} from '../../../ports/reconciliation';
import { decodeCursor, pageOf } from './cursor';
import { type PrismaClient, type ReconcileCase as CaseRow, type ReconcileRun as RunRow } from './generated/client';

/** Cases and runs as people see them; what is only suspected is not among them. */
export class PrismaReconciliationCases implements ReconciliationCases {
  constructor(private readonly prisma: PrismaClient) {}

  async list({ state, class: of, cursor, limit }: CaseQuery): Promise<Page<ReconcileCase>> {
    const rows = await this.prisma.reconcileCase.findMany({
      where: {
        state: state ?? { not: 'suspected' },
        ...(of && { class: of }),
        ...(cursor !== null && { id: { lt: decodeCursor(cursor) } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return pageOf(rows.map(toCase), limit);
  }

  async find(id: string): Promise<ReconcileCase | null> {
    const row = await this.prisma.reconcileCase.findFirst({ where: { id, state: { not: 'suspected' } } });
    return row && toCase(row);
  }

  resolve(decision: CaseDecision): Promise<ReconcileCase | null> {
    return this.decide(decision, 'resolved');
  }

  ignore(decision: CaseDecision): Promise<ReconcileCase | null> {
    return this.decide(decision, 'ignored');
  }

  async runs(limit: number): Promise<ReconcileRun[]> {
    const rows = await this.prisma.reconcileRun.findMany({ orderBy: { id: 'desc' }, take: limit });
    return this.withTallies(rows);
  }

  async findRun(id: string): Promise<ReconcileRun | null> {
    const row = await this.prisma.reconcileRun.findUnique({ where: { id } });
    return row && ((await this.withTallies([row]))[0] ?? null);
  }

  async openPerClass(): Promise<ReadonlyMap<ReconcileClass, number>> {
    const groups = await this.prisma.reconcileCase.groupBy({
      by: ['class'],
      where: { state: 'open' },
      _count: { _all: true },
    });
    const counts = new Map(groups.map((group) => [group.class, group._count._all]));
    return new Map(RECONCILE_CLASSES.map((each) => [each, counts.get(each) ?? 0]));
  }

  async lastRunAgeSeconds(): Promise<number | null> {
    const [row] = await this.prisma.$queryRaw<{ age: number | null }[]>`
      SELECT extract(epoch FROM clock_timestamp() - max(ended_at))::float8 AS age FROM reconcile_runs`;
    return row?.age ?? null;
  }

  private async decide({ id, actor, note }: CaseDecision, state: CaseState): Promise<ReconcileCase | null> {
    const count = await this.prisma.$executeRaw`
      UPDATE reconcile_cases SET state = ${state}, note = ${note}, resolved_by = ${actor.name}, settled_at = clock_timestamp()
      WHERE id = ${id} AND state = 'open'`;
    return count === 0 ? null : this.find(id);
  }

  private async withTallies(rows: readonly RunRow[]): Promise<ReconcileRun[]> {
    const tallies = await this.prisma.$queryRaw<{ run: string; class: string; opened: number; mended: number }[]>`
      SELECT r.run, c.class, count(*) FILTER (WHERE c.opened_in = r.run)::int AS opened,
             count(*) FILTER (WHERE c.mended_in = r.run)::int AS mended
      FROM unnest(${rows.map(({ id }) => id)}::text[]) AS r(run)
      JOIN reconcile_cases c ON c.opened_in = r.run OR c.mended_in = r.run
      GROUP BY r.run, c.class`;
    return rows.map((row) =>
      toRun(
        row,
        tallies.filter(({ run }) => run === row.id),
      ),
    );
  }
}

function toCase(row: CaseRow): ReconcileCase {
  const code = row.code as FindingCode;
  const { meaning, advice } = FINDINGS[code];
  return {
    id: row.id,
    class: row.class as ReconcileClass,
    code,
    subject: { kind: row.subjectKind as SubjectKind, id: row.subjectId },
    found: row.found as FoundDetails,
    meaning,
    advice,
    state: row.state as CaseState,
    firstSeenAt: row.firstSeenAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    settledAt: row.settledAt && row.settledAt.toISOString(),
    resolvedBy: row.resolvedBy,
    note: row.note,
  };
}

type Tally = { readonly class: string; readonly opened: number; readonly mended: number };

function toRun(row: RunRow, tallies: readonly Tally[]): ReconcileRun {
  const progress = row.progress as RunProgress;
  return {
    id: row.id,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt && row.endedAt.toISOString(),
    window: { from: row.windowFrom.toISOString(), to: row.windowTo.toISOString() },
    at: row.at,
    classes: RECONCILE_CLASSES.map((each) => {
      const { opened = 0, mended = 0 } = tallies.find((tally) => tally.class === each) ?? {};
      const { checked = 0, failed = false } = progress[each] ?? {};
      return { class: each, checked, mended, opened, failed };
    }),
  };
}
