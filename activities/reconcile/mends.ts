import { type Paid } from '../../src/domain/payment';
import { FINDINGS, type Finding, type FindingCode } from '../../src/domain/reconcile';
import { type GatewayName } from '../../src/domain/payment';
import { processDraft } from '../../src/ports/process-draft';
import { type OpenProcess } from '../../src/ports/reconcile-reads';
import { type ReconcilePorts } from './ports';
import { readAnew } from './sku-cache';

/** Sets right what was found; answers in words what was done, or null where that did not help. */
type Mend = (ports: ReconcilePorts, finding: Finding) => Promise<string | null>;

type Mended = { [Code in FindingCode]: (typeof FINDINGS)[Code]['mends'] extends true ? Code : never }[FindingCode];

/** Every one may be repeated, and goes the way that the fact would have gone: through the inbox, the starter, the store's own step. */
const MENDS: Readonly<Record<Mended, Mend>> = {
  hold_left: async ({ reads }, { subject }) =>
    (await reads.settleHold(subject.id)) ? 'the hold was settled as the order ended' : null,
  points_left: async ({ points }, { found }) =>
    (await points.close(text(found['merchantNo']))).t === 'closed' ? 'the points went back to the account' : null,
  order_without_workflow: startAgain,
  refund_without_workflow: startAgain,
  late_payment_without_workflow: startAgain,
  paid_untold: takeIn,
  late_untold: takeIn,
  refund_untold: async ({ process }, { subject, found }) => {
    const inboxId = typeof found['inboxId'] === 'string' ? found['inboxId'] : null;
    await process.refundChanged({ id: subject.id, inboxId });
    return 'the refund’s workflow was woken to ask the gateway';
  },
  payment_undelivered: redeliver,
  payment_unheard: redeliver,
  events_unplaced: async ({ events }) =>
    (await events.sequence()) > 0 ? 'the events were given their positions' : null,
  cached_sku_stale: async (ports, { subject }) =>
    (await readAnew(ports, subject.id)) ? 'the SKU was read anew into the cache' : null,
  start_overdue: async ({ reads }, { subject }) => {
    await reads.restart(subject.id);
    return 'handed to the starter at once';
  },
};

/** Null where it is not for a machine to mend, or did not help. */
export async function mend(ports: ReconcilePorts, finding: Finding): Promise<string | null> {
  const { code, subject } = finding;
  if (!isMended(code)) return null;
  try {
    return await MENDS[code](ports, finding);
  } catch (error) {
    ports.log.warn({ err: error, code, subject }, 'could not mend; a person is told');
    return null;
  }
}

function isMended(code: FindingCode): code is Mended {
  return FINDINGS[code].mends;
}

async function startAgain(ports: ReconcilePorts, { subject, found }: Finding): Promise<string | null> {
  const { orders, processes } = ports;
  const process: OpenProcess = {
    kind: subject.kind as OpenProcess['kind'],
    id: subject.id,
    orderId: typeof found['orderId'] === 'string' ? found['orderId'] : null,
    gateway: found['gateway'] as GatewayName | null,
  };
  const order = process.kind === 'order' ? await orders.find(process.id) : null;
  const started = await processes.startAgain(process, order && processDraft(order));
  return started === 'started' ? 'its workflow was started again' : null;
}

/** As the notification would have come in: from here on it goes that way. */
async function takeIn({ inbox }: ReconcilePorts, { found }: Finding): Promise<string | null> {
  const paid = found['paid'] as Paid;
  await inbox.store({
    gateway: found['gateway'] as GatewayName,
    eventId: `reconcile:${paid.transactionId}`,
    merchantNo: text(found['merchantNo']),
    paid,
  });
  return 'the payment was taken in as a notification would have told it';
}

async function redeliver({ reads }: ReconcilePorts, { subject }: Finding): Promise<string | null> {
  await reads.redeliver(subject.id);
  return 'handed to the inbox dispatcher at once';
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('the finding lacks what it is mended by');
  return value;
}
