import { type Pool } from 'pg';
import { openExplaining, plansWith } from '../../bench/lib/order-plans';
import { type Statement } from '../../bench/lib/plans';
import { Teardown } from '../../src/main/teardown';

/** They grow with every order that was ever placed, or hold whatever waits. */
const LARGE = [
  ...['orders', 'order_lines', 'payments', 'stock_ledger', 'order_facts', 'idempotency_records'],
  ...['webhook_inbox', 'start_intents', 'outbox'],
];
/** Indexes of what waits and of nothing else are as large as the backlog, whatever lies beside it: they may be read to the end. */
const OF_THE_WAITING = /^(webhook_inbox_undelivered|outbox_unplaced|start_intents_.*)$/;
/** So many that looking a batch up by its keys costs the planner less than reading everything. */
const OLD_ORDERS = 50_000;
/** More starts than a claim takes. */
const WAITING = 10_000;

/**
 * No statement on the path of a living order reads a large table from end to end (ADR 0020): as they ran, with their values, on
 * the product's own connections. These don't scan where there is an index; where there is none, they do.
 */
describe('on the path of an order', () => {
  const teardown = new Teardown();
  let statements: Statement[];
  beforeAll(async () => {
    const server = await openExplaining(teardown);
    statements = [...(await plansWith(server, OLD_ORDERS, fillWithOldNews)).values()];
  }, 180_000);
  afterAll(() => teardown.run());

  it.each([
    ['place a batch', 'idempotency_records_pkey'],
    ['place a batch, locked first', 'stock_pkey'],
    ['read the progress', 'order_lines_pkey'],
    ['store a notification', 'payments_gateway_merchant_no_key'],
    ['claim the inbox', 'webhook_inbox_undelivered'],
    ['mark the inbox', 'webhook_inbox'],
    ['confirm a batch', 'stock_ledger_reference_sku_id_kind_key'],
    ['begin to close, release a batch', 'stock_ledger_reference_sku_id_kind_key'],
    ['release what a rush kept', 'start_intents_kind_store_id_created_at_idx'],
    ['attend, and look who does', 'starter_attendance_pkey'],
    ['claim start intents', 'start_intents_kind_store_id_created_at_idx'],
    ['drop start intents', 'start_intents_pkey'],
    ['give events positions', 'outbox_unplaced'],
  ])('%s: goes by %s, and reads no large table from end to end', (name, index) => {
    const own = statements.filter(({ step }) => step === name);
    expect(own.flatMap(({ reads }) => reads).join()).toContain(index);
    for (const { reads, whole } of own) {
      expect(reads).not.toContainEqual(expect.stringMatching(`^all of (${LARGE.join('|')})$`));
      const ofLarge = whole.filter((each) => LARGE.some((table) => each.startsWith(`${table}_`)));
      expect(ofLarge.filter((each) => !OF_THE_WAITING.test(each))).toEqual([]);
    }
  });
});

/** Notifications that were told, events that were read, and starts that wait. */
async function fillWithOldNews(pool: Pool): Promise<void> {
  for (const sql of [
    `INSERT INTO webhook_inbox (id, gateway, event_id, merchant_no, transaction_id, amount, currency, paid_at, order_id,
                                payment_id, state)
     SELECT 'evt_' || id, gateway, id, merchant_no, id, amount, currency, paid_at, order_id, id, 'delivered' FROM payments`,
    `INSERT INTO outbox (id, type, order_id, payload, position, lane)
     SELECT 'evt_' || id, 'order.paid', id, '{}', row_number() OVER (ORDER BY id), 0 FROM orders`,
    `INSERT INTO start_intents (kind, subject_id) SELECT 'order', id FROM orders ORDER BY id DESC LIMIT ${WAITING}`,
    'VACUUM ANALYZE webhook_inbox, outbox, start_intents',
  ]) {
    await pool.query(sql);
  }
}
