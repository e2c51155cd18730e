import { judge } from '../../../activities/reconcile/judge';
import { type ReconcilePorts } from '../../../activities/reconcile/ports';
import { type Finding, MOST_MENDS } from '../../../src/domain/reconcile';
import { type Examined, type Suspicion, type Verdict } from '../../../src/ports/reconciliation';

const HOLD: Finding = { code: 'hold_left', subject: { kind: 'order', id: 'ord_1' }, found: { status: 'cancelled' } };
const STOCK: Finding = { code: 'stock_differs', subject: { kind: 'sku', id: 'sku_1' }, found: { counters: 1 } };

const suspicion = (finding: Finding, more: Partial<Suspicion> = {}): Suspicion => ({
  ...{ ...finding, id: 'case_1', state: 'suspected', mends: 0 },
  ...more,
});

/** Books that keep the verdicts; a look finds `seen`. */
function ports(seen: () => Examined, settleHold: () => Promise<boolean> = () => Promise.resolve(true)) {
  const verdicts: Verdict[] = [];
  const alerts: unknown[][] = [];
  const quiet = () => undefined;
  const made = {
    reads: { examine: () => Promise.resolve().then(seen), settleHold },
    books: {
      settle: (_run: string, of: Suspicion, verdict: Verdict) => {
        verdicts.push(verdict);
        return Promise.resolve(verdict.t === 'open' && of.state === 'suspected');
      },
    },
    alert: (...told: unknown[]) => void alerts.push(told),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  } as unknown as ReconcilePorts;
  return { made, verdicts, alerts };
}

const found = (...findings: Finding[]): Examined => ({ checked: 1, findings, next: null });

describe('the second look', () => {
  it('what is gone is cleared', async () => {
    const { made, verdicts, alerts } = ports(() => found());
    await judge(made, 'rec_1', [suspicion(STOCK)]);
    expect(verdicts).toEqual([{ t: 'cleared' }]);
    expect(alerts).toEqual([]);
  });

  it('what differs otherwise than it did is moving, and no finding yet', async () => {
    const { made, verdicts } = ports(() => found({ ...STOCK, found: { counters: 2 } }));
    await judge(made, 'rec_1', [suspicion(STOCK)]);
    expect(verdicts).toEqual([{ t: 'cleared' }]);
  });

  it('what is found again and is a person’s becomes a case, which is told', async () => {
    const { made, verdicts, alerts } = ports(() => found(STOCK));
    await judge(made, 'rec_1', [suspicion(STOCK)]);
    expect(verdicts).toEqual([{ t: 'open', found: STOCK.found }]);
    expect(alerts).toEqual([['reconcile_case', { code: 'stock_differs', kind: 'sku', id: 'sku_1' }]]);
  });

  it('an open case is told once, and keeps up with what is found', async () => {
    const { made, verdicts, alerts } = ports(() => found({ ...STOCK, found: { counters: 2 } }));
    await judge(made, 'rec_1', [suspicion(STOCK, { state: 'open' })]);
    expect(verdicts).toEqual([{ t: 'open', found: { counters: 2 } }]);
    expect(alerts).toEqual([]);
  });

  it('what is safe is mended', async () => {
    const { made, verdicts } = ports(() => found(HOLD));
    await judge(made, 'rec_1', [suspicion(HOLD)]);
    expect(verdicts).toEqual([{ t: 'mended', note: 'the hold was settled as the order ended' }]);
  });

  it('what was mended too often is a person’s', async () => {
    const settled: unknown[] = [];
    const { made, verdicts } = ports(
      () => found(HOLD),
      () => Promise.resolve(settled.push('again') > 0),
    );
    await judge(made, 'rec_1', [suspicion(HOLD, { mends: MOST_MENDS })]);
    expect(verdicts).toEqual([{ t: 'open', found: HOLD.found }]);
    expect(settled).toEqual([]);
  });

  it.each([
    ['does not help', () => Promise.resolve(false)],
    ['fails', () => Promise.reject(new Error('no'))],
  ])('a mend that %s leaves a case', async (_how, settleHold) => {
    const { made, verdicts } = ports(() => found(HOLD), settleHold);
    await judge(made, 'rec_1', [suspicion(HOLD)]);
    expect(verdicts).toEqual([{ t: 'open', found: HOLD.found }]);
  });

  it('whoever does not answer changes nothing', async () => {
    const { made, verdicts } = ports(() => ({ ...found(), unanswered: [STOCK.subject] }));
    await judge(made, 'rec_1', [suspicion(STOCK, { state: 'open' })]);
    expect(verdicts).toEqual([]);
  });

  it('a class that can’t be compared changes nothing of it, is told, and does not keep the others', async () => {
    let looks = 0;
    const { made, verdicts, alerts } = ports(() => {
      looks += 1;
      if (looks === 1) throw new Error('statement timeout');
      return found(HOLD);
    });
    await judge(made, 'rec_1', [suspicion(STOCK), suspicion(HOLD)]);
    expect(verdicts.map(({ t }) => t)).toEqual(['mended']);
    expect(alerts).toEqual([['reconcile_failed', { runId: 'rec_1', step: 'second look at counters' }]]);
  });
});
