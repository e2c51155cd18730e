import { type NewId } from '../../../domain/ids';
import { FINDINGS, type Finding } from '../../../domain/reconcile';
import {
  type BegunRun,
  type ReconcileBooks,
  type RunProgress,
  type Suspicion,
  type Verdict,
} from '../../../ports/reconciliation';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { type Prisma, type PrismaClient } from './generated/client';
import { prune } from './reconcile-prune';

/** A run that nobody touched for so long has lost its workflow: its longest step may take five minutes. */
const ABANDONED_MINUTES = 10;
/** How far a window reaches back over the one before it: whoever was told late is looked at again. */
const OVERLAP_MINUTES = 60;
const LONGEST_WINDOW_DAYS = 3;

/** The runs' books in PostgreSQL. */
export class PrismaReconcileBooks implements ReconcileBooks {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly newId: NewId,
  ) {}

  begin(processId: string): Promise<BegunRun> {
    return this.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`
        UPDATE reconcile_runs SET ended_at = clock_timestamp()
        WHERE ended_at IS NULL AND process_id <> ${processId}
          AND touched_at < clock_timestamp() - make_interval(mins => ${ABANDONED_MINUTES}::int)`;
      await tx.$executeRaw`
        INSERT INTO reconcile_runs (id, process_id, window_from, window_to)
        SELECT ${this.newId('reconcileRun')}, ${processId}, greatest(
            (SELECT max(started_at) FROM reconcile_runs WHERE ended_at IS NOT NULL AND at IS NULL)
              - make_interval(mins => ${OVERLAP_MINUTES}::int),
            clock_timestamp() - make_interval(days => ${LONGEST_WINDOW_DAYS}::int)),
          clock_timestamp()
        ON CONFLICT DO NOTHING`;
      const run = await tx.reconcileRun.findFirstOrThrow({
        where: { OR: [{ processId }, { endedAt: null }] },
        orderBy: { id: 'desc' },
      });
      const window = { from: run.windowFrom.toISOString(), to: run.windowTo.toISOString() };
      return { runId: run.id, joined: run.processId !== processId, window };
    }, TRANSACTION_LIMITS);
  }

  async note(runId: string, at: string, progress: RunProgress): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE reconcile_runs SET at = ${at}, progress = ${JSON.stringify(progress)}::jsonb, touched_at = clock_timestamp()
      WHERE id = ${runId} AND ended_at IS NULL`;
  }

  async suspect(findings: readonly Finding[]): Promise<number> {
    const rows = findings.map(({ code, subject, found }) => ({
      ...{ id: this.newId('reconcileCase'), class: FINDINGS[code].class, code },
      ...{ kind: subject.kind, subject: subject.id, found },
    }));
    if (rows.length === 0) return 0;
    return this.prisma.$executeRaw`
      INSERT INTO reconcile_cases (id, class, code, subject_kind, subject_id, found, state)
      SELECT r.id, r.class, r.code, r.kind, r.subject, r.found, 'suspected'
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS r(id text, class text, code text, kind text, subject text, found jsonb)
      WHERE NOT EXISTS (
        SELECT 1 FROM reconcile_cases c
        WHERE c.code = r.code AND c.subject_kind = r.kind AND c.subject_id = r.subject
          AND (c.state = 'ignored' OR c.state = 'resolved' AND c.found = r.found))
      ON CONFLICT (code, subject_kind, subject_id) WHERE state IN ('suspected', 'open') DO UPDATE
        SET found = excluded.found, last_seen_at = clock_timestamp() WHERE reconcile_cases.state = 'suspected'`;
  }

  async suspicions(after: string | null, limit: number): Promise<Suspicion[]> {
    const rows = await this.prisma.$queryRaw<
      (Pick<Suspicion, 'id' | 'code' | 'found' | 'state'> & {
        kind: Finding['subject']['kind'];
        subject: string;
        mends: number;
      })[]
    >`
      SELECT c.id, c.code, c.found, c.state, c.subject_kind AS kind, c.subject_id AS subject,
        (SELECT count(*)::int FROM reconcile_cases m
         WHERE m.code = c.code AND m.subject_kind = c.subject_kind AND m.subject_id = c.subject_id
           AND m.mended_in IS NOT NULL AND m.settled_at > clock_timestamp() - interval '1 day') AS mends
      FROM reconcile_cases c WHERE c.state IN ('suspected', 'open') AND c.id > ${after ?? ''} ORDER BY c.id LIMIT ${limit}`;
    return rows.map(({ kind, subject, ...row }) => ({ ...row, subject: { kind, id: subject } }));
  }

  settle(runId: string, suspicion: Suspicion, verdict: Verdict): Promise<boolean> {
    return this.prisma.$transaction(async (tx) => {
      if (verdict.t === 'cleared') return clear(tx, suspicion);
      if (verdict.t === 'open') return open(tx, runId, suspicion, verdict.found);
      const mended = await tx.$executeRaw`
        UPDATE reconcile_cases SET state = 'mended', mended_in = ${runId}, note = ${verdict.note},
          settled_at = clock_timestamp(), last_seen_at = clock_timestamp()
        WHERE id = ${suspicion.id} AND state IN ('suspected', 'open')`;
      if (mended > 0) await tell(tx, suspicion, verdict.note);
      return false;
    }, TRANSACTION_LIMITS);
  }

  async end(runId: string, progress: RunProgress): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE reconcile_runs SET at = NULL, progress = ${JSON.stringify(progress)}::jsonb, ended_at = coalesce(ended_at, clock_timestamp()), touched_at = clock_timestamp()
      WHERE id = ${runId}`;
  }

  prune(olderThanDays: number): Promise<number> {
    return prune(this.prisma, olderThanDays);
  }
}

/** What only a first look saw was under way and leaves no trace; a case that went away by itself is told so. */
async function clear(tx: Sql, { id }: Suspicion): Promise<boolean> {
  await tx.$executeRaw`DELETE FROM reconcile_cases WHERE id = ${id} AND state = 'suspected'`;
  await tx.$executeRaw`
    UPDATE reconcile_cases SET state = 'mended', note = 'no longer found', settled_at = clock_timestamp()
    WHERE id = ${id} AND state = 'open'`;
  return false;
}

async function open(tx: Sql, runId: string, { id }: Suspicion, found: object): Promise<boolean> {
  const opened = await tx.$executeRaw`
    UPDATE reconcile_cases SET state = 'open', opened_in = ${runId}, found = ${JSON.stringify(found)}::jsonb,
      last_seen_at = clock_timestamp() WHERE id = ${id} AND state = 'suspected'`;
  if (opened > 0) return true;
  await tx.$executeRaw`
    UPDATE reconcile_cases SET found = ${JSON.stringify(found)}::jsonb, last_seen_at = clock_timestamp()
    WHERE id = ${id} AND state = 'open'`;
  return false;
}

/** The order's timeline tells what was mended about it. */
async function tell(tx: Sql, { code, found }: Suspicion, note: string): Promise<void> {
  const { orderId } = found;
  if (typeof orderId !== 'string') return;
  const data: Prisma.InputJsonObject = { code, note };
  await tx.orderFact.create({ data: { orderId, kind: 'action', what: 'reconciled', data } });
}
