import { isDeepStrictEqual } from 'node:util';
import {
  FINDINGS,
  type Finding,
  MOST_MENDS,
  RECONCILE_CLASSES,
  type ReconcileClass,
  type ReconcileSubject,
} from '../../src/domain/reconcile';
import { OWN_BOOKS, type OwnBooks } from '../../src/ports/reconcile-reads';
import { type Examined, type Scope, type Suspicion, type Verdict } from '../../src/ports/reconciliation';
import { examineGateways } from './gateway';
import { mend } from './mends';
import { type ReconcilePorts } from './ports';
import { examineCache } from './sku-cache';
import { examineWorkflows } from './workflows';

/** Compares a page of a class, or given subjects of it once more. */
export function examine(ports: ReconcilePorts, of: ReconcileClass, scope: Scope): Promise<Examined> {
  if (isOwnBooks(of)) return ports.reads.examine(of, scope);
  switch (of) {
    case 'workflows':
      return examineWorkflows(ports, scope);
    case 'gateway':
      return examineGateways(ports, scope);
    case 'sku_cache':
      return examineCache(ports, scope);
  }
}

function isOwnBooks(of: ReconcileClass): of is OwnBooks {
  return (OWN_BOOKS as readonly ReconcileClass[]).includes(of);
}

/** The second look at each: what is still found as it was is mended or becomes a case. */
export async function judge(ports: ReconcilePorts, runId: string, suspicions: readonly Suspicion[]): Promise<void> {
  for (const of of RECONCILE_CLASSES) {
    const own = suspicions.filter(({ code }) => FINDINGS[code].class === of);
    if (own.length === 0) continue;
    const seen = await lookAgain(ports, of, runId, own);
    if (!seen) continue;
    for (const suspicion of own) await judgeOne(ports, runId, suspicion, seen);
  }
}

/** Null where the class can't be compared now: what is known of it stays as it is, and the other classes go on. */
async function lookAgain(
  ports: ReconcilePorts,
  of: ReconcileClass,
  runId: string,
  own: readonly Suspicion[],
): Promise<Examined | null> {
  try {
    return await examine(ports, of, { t: 'subjects', subjects: own.map(({ subject }) => subject) });
  } catch (error) {
    ports.log.error({ err: error, runId, class: of }, 'a second look failed; it stays as it is until the next run');
    ports.alert('reconcile_failed', { runId, step: `second look at ${of}` });
    return null;
  }
}

async function judgeOne(ports: ReconcilePorts, runId: string, suspicion: Suspicion, seen: Examined): Promise<void> {
  const { code, subject } = suspicion;
  if (seen.unanswered?.some((each) => isSame(each, subject))) return;
  const finding = seen.findings.find((each) => each.code === code && isSame(each.subject, subject));
  const verdict = await verdictOn(ports, suspicion, finding);
  if (await ports.books.settle(runId, suspicion, verdict)) ports.alert('reconcile_case', { code, ...subject });
}

async function verdictOn(ports: ReconcilePorts, suspicion: Suspicion, finding: Finding | undefined): Promise<Verdict> {
  if (!finding) return { t: 'cleared' };
  const { found } = finding;
  // What differs otherwise than it did is moving: the next run looks at it afresh.
  if (suspicion.state === 'suspected' && !isDeepStrictEqual(found, suspicion.found)) return { t: 'cleared' };
  const note = suspicion.mends < MOST_MENDS ? await mend(ports, finding) : null;
  return note === null ? { t: 'open', found } : { t: 'mended', note };
}

function isSame(one: ReconcileSubject, other: ReconcileSubject): boolean {
  return one.kind === other.kind && one.id === other.id;
}
