/**
 * What reconciliation compares: two places that say the same thing and have to agree. Each class has its findings in
 * `FINDINGS`; docs/reconciliation.md is checked against both tables.
 */
export const RECONCILE_CLASSES = [
  'counters',
  'holds',
  'workflows',
  'gateway',
  'inbox',
  'events',
  'sku_cache',
  'unfinished',
] as const;
export type ReconcileClass = (typeof RECONCILE_CLASSES)[number];

interface FindingKind {
  readonly class: ReconcileClass;
  /** Set right by the run itself; otherwise, or where that does not help, a person gets a case. */
  readonly mends: boolean;
  /** What it means and what to do, for the person who reads the case. */
  readonly meaning: string;
  readonly advice: string;
}

const kind = <Mends extends boolean>(of: ReconcileClass, mends: Mends, meaning: string, advice: string) => ({
  class: of,
  mends,
  meaning,
  advice,
});

/** Every finding by its code. */
export const FINDINGS = {
  stock_differs: kind(
    'counters',
    false,
    'The counters of a SKU are not the sum of its ledger, or one of them is negative: somebody wrote past the ledger.',
    'Compare `counters` with `ledger`. The ledger is what orders, refunds and adjustments did; count the shelf, find who wrote to the table, and set the counters right in one transaction.',
  ),
  promotion_differs: kind(
    'counters',
    false,
    'What is held and used of a promotion is not the sum of its ledger, in all or for a buyer.',
    'Compare `counters` with `ledger` and set `promotion_use` or `promotion_buyers` right by the ledger.',
  ),
  points_differ: kind(
    'counters',
    false,
    'A balance of points, or what is set aside of it, is not the sum of its ledger.',
    'Compare `counters` with `ledger` and read the account by its ledger; set the account right, and tell the buyer where it shows.',
  ),
  hold_left: kind(
    'holds',
    true,
    'The order is settled, and its stock or its part of a promotion is still held.',
    'The hold could not be settled the way the order ended. Read the order’s timeline and ledger, and settle it by an adjustment.',
  ),
  hold_missing: kind(
    'holds',
    false,
    'The order is open or paid, and nothing was ever held for some of its lines: it may be sold twice.',
    'Look whether there is stock for `skuIds`. If there is, adjust it by the units of the order; if not, cancel or refund the order.',
  ),
  settled_otherwise: kind(
    'holds',
    false,
    'The ledger says that the hold was given back and the order that it was paid, or the other way round.',
    'The order’s status is what the buyer was told. Put the counters right by an adjustment, and find out who wrote to the ledger.',
  ),
  points_left: kind(
    'holds',
    true,
    'The attempt is closed, and the points that were set aside for it have not gone back.',
    'The points gateway refused to close the attempt. Read the account’s ledger, and adjust the balance by hand.',
  ),
  order_without_workflow: kind(
    'workflows',
    true,
    'The order is open, and no workflow runs for it: nobody closes it when its window is over. Its start was lost, or its workflow was ended by hand.',
    'The workflow was started again and did not stay, or it had completed: open it in the Temporal UI and read how it ended.',
  ),
  refund_without_workflow: kind(
    'workflows',
    true,
    'Money is to go back, and no workflow runs for it.',
    'The workflow was started again and did not stay: open it in the Temporal UI and read how it ended.',
  ),
  late_payment_without_workflow: kind(
    'workflows',
    true,
    'Money came too late, and no workflow decides what becomes of it.',
    'The workflow was started again and did not stay: open it in the Temporal UI and read how it ended.',
  ),
  workflow_outlives_order: kind(
    'workflows',
    false,
    'The order was settled long ago, and its workflow still runs.',
    'Open the workflow in the Temporal UI. While it closes further attempts at a gateway leave it; if it waits for nothing, terminate it: the order needs it no more.',
  ),
  paid_untold: kind(
    'gateway',
    true,
    'The gateway has been paid for an order that waits for its money: the notification was lost.',
    'The payment could not be taken in. Look at the inbox for its transaction.',
  ),
  late_untold: kind(
    'gateway',
    true,
    'The gateway has been paid for an attempt that is closed, and nobody told us.',
    'The payment could not be taken in. Refund it at the gateway by hand.',
  ),
  paid_not_at_gateway: kind(
    'gateway',
    false,
    'The order is paid, and its gateway does not say so.',
    'Look the number up in the gateway’s own console. Do not ship. If it was never paid, refund nothing and cancel the delivery.',
  ),
  paid_differs_at_gateway: kind(
    'gateway',
    false,
    'The gateway refuses the question, or vouches for another amount than the order’s.',
    'Look the number up in the gateway’s own console by `code`; settle the difference with the buyer.',
  ),
  refunded_elsewhere: kind(
    'gateway',
    false,
    'More went back at the gateway than was refunded here: somebody refunded in the gateway’s own console.',
    'Find out who did. The order still shows the money as its own; restock by an adjustment if the goods came back.',
  ),
  refund_untold: kind(
    'gateway',
    true,
    'The gateway has settled a refund that is still on its way here.',
    'Its workflow was woken and did not take the answer: open it in the Temporal UI.',
  ),
  refund_not_at_gateway: kind(
    'gateway',
    false,
    'A refund is settled here, and the gateway says that it failed or knows nothing of it.',
    'Look its number up in the gateway’s own console; the buyer may not have the money.',
  ),
  payment_undelivered: kind(
    'inbox',
    true,
    'A payment was told to us, and the order’s workflow has not been told yet.',
    'Delivery keeps failing: the log of the inbox dispatcher says why.',
  ),
  payment_unheard: kind(
    'inbox',
    true,
    'A payment was delivered to the order’s workflow, and the order neither is paid by it nor was it taken as late money.',
    'The workflow does not take the payment: open it in the Temporal UI.',
  ),
  payment_of_wrong_amount: kind(
    'inbox',
    false,
    'Money of another amount or currency than the order’s arrived. It is nobody’s to take or to send back by itself.',
    'Refund `transactionId` in the gateway’s own console, then resolve this case with a note of it.',
  ),
  events_unplaced: kind(
    'events',
    true,
    'Events are committed, and the sequencer has not given them a place in the feed.',
    'No process sequences: check that a worker or a relay runs and reaches the database.',
  ),
  feed_gap: kind(
    'events',
    false,
    'The feed lacks a position: an event was deleted. Whoever reads on misses nothing else, but that event is gone.',
    'Find out who wrote to `outbox`. Tell the subscribers what happened from `after` to `before`; nothing can be mended.',
  ),
  subscriber_lags: kind(
    'events',
    false,
    'A subscriber of the feed has not got past an event for long.',
    'If it is the relay, check the broker; if a webhook, its endpoint; if a consumer, its dead letters and its log.',
  ),
  subscriber_ahead: kind(
    'events',
    false,
    'A subscriber is further than the feed reaches: the database was restored from an older copy.',
    'It will miss everything up to its position. Set its cursor back to the feed’s last position.',
  ),
  cached_sku_stale: kind(
    'sku_cache',
    true,
    'The cache shows a SKU otherwise than PostgreSQL has it, and nobody refreshed it.',
    'Reading it anew did not replace it: the cache’s tickets are ahead of PostgreSQL’s. Delete the keys of SKUs in Redis.',
  ),
  start_overdue: kind(
    'unfinished',
    true,
    'A workflow waits to be started, and no starter has done so.',
    'Starting keeps failing: the log of the starter says why.',
  ),
  start_of_nothing: kind(
    'unfinished',
    false,
    'A start is noted for something that does not exist.',
    'Find out who deleted it, then delete the row of `start_intents`.',
  ),
  key_of_nothing: kind(
    'unfinished',
    false,
    'An idempotency key stands for an order or a refund that does not exist, and has no answer.',
    'Find out who deleted it. A repeat of the key fails; tell its client to use another one.',
  ),
  action_overdue: kind(
    'unfinished',
    false,
    'An operator’s action is being executed for longer than any takes: the process that did it died.',
    'Look at the order whether the action took effect; take the action once more if not.',
  ),
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof FINDINGS;

export const FINDING_CODES = Object.keys(FINDINGS) as FindingCode[];

/** What a finding is about: an id within its kind, no personal data but the ids that the service uses anyway. */
export interface ReconcileSubject {
  readonly kind: SubjectKind;
  readonly id: string;
}

export const SUBJECT_KINDS = [
  'sku',
  'promotion',
  'buyer',
  'order',
  'payment',
  'refund',
  'inbox',
  'feed',
  'subscriber',
  'start',
  'key',
  'action',
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** Values that a finding compared. Nothing that changes by itself (ages, tries): two looks at the same damage see the same. */
export type FoundDetails = Readonly<Record<string, unknown>>;

/** Something that does not agree. */
export interface Finding {
  readonly code: FindingCode;
  readonly subject: ReconcileSubject;
  readonly found: FoundDetails;
}

/** `open` waits for a person; `mended` was set right or went away; `ignored` is never opened again. */
export const CASE_STATES = ['open', 'mended', 'resolved', 'ignored'] as const;
export type CaseState = (typeof CASE_STATES)[number];

/**
 * Mends of the same thing within a day after which it is a person's: what comes back that often is not mended.
 */
export const MOST_MENDS = 3;
