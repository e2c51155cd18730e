import { type Finding, type FindingCode } from '../../src/domain/reconcile';
import { type OpenProcess } from '../../src/ports/reconcile-reads';
import { type Examined, type Scope } from '../../src/ports/reconciliation';
import { type ReconcilePorts } from './ports';
import { sideBySide } from './side-by-side';

/** Questions to the Temporal server under way at once. */
const AT_ONCE = 10;

const WITHOUT: Readonly<Record<OpenProcess['kind'], FindingCode>> = {
  order: 'order_without_workflow',
  refund: 'refund_without_workflow',
  inbox: 'late_payment_without_workflow',
};

/** What is open against the workflows that run: first from the books' side, then from Temporal's. */
export async function examineWorkflows(ports: ReconcilePorts, scope: Scope): Promise<Examined> {
  if (scope.t === 'subjects') return again(ports, scope);
  const [place = 'books', ...rest] = (scope.after ?? 'books:').split(':');
  const after = rest.join(':') || null;
  if (place === 'books') return booksSide(ports, { ...scope, after });
  const { orderIds, next } = await ports.processes.runningFor(ports.settings.outlivedMs, after);
  const findings = await outlived(ports, orderIds);
  return { checked: orderIds.length, findings, next: next && `temporal:${next}` };
}

async function booksSide(ports: ReconcilePorts, scope: Scope): Promise<Examined> {
  const { items, next } = await ports.reads.openProcesses(scope);
  const missing = await sideBySide(items, AT_ONCE, async (item) =>
    (await ports.processes.isRunning(item)) ? [] : [without(item)],
  );
  return { checked: items.length, findings: missing.flat(), next: next === null ? 'temporal:' : `books:${next}` };
}

function without({ kind, id, orderId, gateway }: OpenProcess): Finding {
  return { code: WITHOUT[kind], subject: { kind, id }, found: { orderId, gateway } };
}

/** The visibility index lags behind: of what it lists, the one workflow is asked. */
async function outlived(
  { reads, processes, settings }: ReconcilePorts,
  orderIds: readonly string[],
): Promise<Finding[]> {
  const settled = [...(await reads.settledFor(orderIds, settings.outlivedMs))];
  const looks = await sideBySide(settled, AT_ONCE, async ([id, status]): Promise<Finding[]> => {
    if (!(await processes.isRunning({ kind: 'order', id }))) return [];
    return [{ code: 'workflow_outlives_order', subject: { kind: 'order', id }, found: { orderId: id, status } }];
  });
  return looks.flat();
}

async function again(ports: ReconcilePorts, scope: Extract<Scope, { t: 'subjects' }>): Promise<Examined> {
  const books = await booksSide(ports, scope);
  const orderIds = scope.subjects.filter(({ kind }) => kind === 'order').map(({ id }) => id);
  const findings = [...books.findings, ...(await outlived(ports, orderIds))];
  return { checked: scope.subjects.length, findings, next: null };
}
