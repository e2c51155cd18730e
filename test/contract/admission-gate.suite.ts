import { type Admission, type AdmissionGate, type StockReadings } from '../../src/ports/admission-gate';
import { until } from '../support/until';

/** The truth that a gate reads: what the test says, unless it is away. */
export class FakeStock implements StockReadings {
  readonly units = new Map<string, number | 'unlimited'>();
  away: 'no' | 'failing' | 'silent' = 'no';
  reads = 0;

  read(skuIds: readonly string[]) {
    this.reads += 1;
    if (this.away === 'failing') return Promise.reject(new Error('no connection'));
    if (this.away === 'silent') return new Promise<never>(() => undefined);
    return Promise.resolve(
      new Map(
        skuIds.flatMap((skuId) => {
          const units = this.units.get(skuId);
          if (units === undefined) return [];
          const unlimited = units === 'unlimited';
          return [[skuId, { available: unlimited ? 0 : units, unlimited }] as const];
        }),
      ),
    );
  }
}

export interface GateUnderTest {
  readonly gate: AdmissionGate;
  readonly stock: FakeStock;
  /** The readings that the gate has now come to the end of their life. */
  outlive(): Promise<void>;
  close(): Promise<void>;
}

/** Asks, and where it is let in comes back as PostgreSQL would send it back that is short of `short`. */
export async function turnedBack(gate: AdmissionGate, skuId: string, quantity = 1): Promise<Admission> {
  const admission = await gate.admit([{ skuId, quantity }]);
  if (admission.t === 'admitted') admission.told({ t: 'short', skuIds: [skuId] });
  return admission;
}

/** Asks, and where it is let in takes nothing, as whoever is refused for another reason. */
export async function passes(gate: AdmissionGate, skuId: string, quantity = 1): Promise<boolean> {
  const admission = await gate.admit([{ skuId, quantity }]);
  if (admission.t === 'admitted') admission.told({ t: 'untouched' });
  return admission.t === 'admitted';
}

export function admissionGateSuite(name: string, open: () => Promise<GateUnderTest>): void {
  describe(`${name}: what every admission gate promises`, () => {
    let here: GateUnderTest;
    beforeEach(async () => {
      here = await open();
    });
    afterEach(() => here.close());

    const soldOut = (skuId: string, quantity = 1) =>
      until(`${skuId} is refused`, async () => {
        const admission = await turnedBack(here.gate, skuId, quantity);
        return admission.t === 'soldOut' && admission.shortages;
      });
    const onSale = (skuId: string, quantity = 1) =>
      until(`${skuId} is on sale`, () => passes(here.gate, skuId, quantity));

    it('admits a SKU that it knows nothing of, whatever there is of it', async () => {
      here.stock.units.set('sku_tea', 0);
      expect(await passes(here.gate, 'sku_tea')).toBe(true);
      expect(await passes(here.gate, 'sku_none')).toBe(true);
    });

    it('refuses what PostgreSQL was short of, naming what was asked and what there is', async () => {
      here.stock.units.set('sku_tea', 2);
      expect(await soldOut('sku_tea', 5)).toEqual([{ skuId: 'sku_tea', requested: 5, available: 2 }]);
    });

    it('admits who asks for no more than there is, and sums lines of one SKU', async () => {
      here.stock.units.set('sku_tea', 2);
      await soldOut('sku_tea', 5);
      expect(await passes(here.gate, 'sku_tea', 2)).toBe(true);
      const two = [
        { skuId: 'sku_tea', quantity: 2 },
        { skuId: 'sku_tea', quantity: 1 },
      ];
      const admission = await until('both lines are refused', async () => {
        const asked = await here.gate.admit(two);
        if (asked.t === 'admitted') asked.told({ t: 'short', skuIds: ['sku_tea'] });
        return asked.t === 'soldOut' && asked;
      });
      expect(admission.shortages).toEqual([{ skuId: 'sku_tea', requested: 3, available: 2 }]);
    });

    it('names only the SKUs that are sold out', async () => {
      here.stock.units.set('sku_tea', 0).set('sku_pot', 10);
      await soldOut('sku_tea');
      const both = ['sku_pot', 'sku_tea'].map((skuId) => ({ skuId, quantity: 1 }));
      const shortages = await until('both together are refused', async () => {
        const admission = await here.gate.admit(both);
        return admission.t === 'soldOut' && admission.shortages;
      });
      expect(shortages.map(({ skuId }) => skuId)).toEqual(['sku_tea']);
      expect(await passes(here.gate, 'sku_pot', 10)).toBe(true);
    });

    it('sells what came back, though nobody tells it', async () => {
      here.stock.units.set('sku_tea', 0);
      await soldOut('sku_tea');
      here.stock.units.set('sku_tea', 1);
      await onSale('sku_tea');
    });

    it('never refuses a SKU without a limit', async () => {
      here.stock.units.set('sku_tea', 0);
      await soldOut('sku_tea');
      here.stock.units.set('sku_tea', 'unlimited');
      await onSale('sku_tea', 10_000);
      expect((await turnedBack(here.gate, 'sku_tea', 10_000)).t).toBe('admitted');
      await onSale('sku_tea', 10_000);
    });

    it('admits a SKU that is there no more', async () => {
      here.stock.units.set('sku_tea', 0);
      await soldOut('sku_tea');
      here.stock.units.delete('sku_tea');
      await onSale('sku_tea');
    });

    it.each(['failing', 'silent'] as const)(
      'admits everybody once its readings are old and PostgreSQL is %s',
      async (how) => {
        here.stock.units.set('sku_tea', 0);
        await soldOut('sku_tea');
        here.stock.away = how;
        const { reads } = here.stock;
        await until(
          'it asks in vain',
          () => here.stock.reads > reads || passes(here.gate, 'sku_tea').then(() => false),
        );
        await here.outlive();
        expect(await passes(here.gate, 'sku_tea')).toBe(true);
        expect((await turnedBack(here.gate, 'sku_tea')).t).toBe('admitted');
        expect(await passes(here.gate, 'sku_tea')).toBe(true);
      },
    );

    it('refuses again once PostgreSQL can be read again', async () => {
      here.stock.units.set('sku_tea', 0);
      here.stock.away = 'failing';
      expect((await turnedBack(here.gate, 'sku_tea')).t).toBe('admitted');
      here.stock.away = 'no';
      await soldOut('sku_tea');
    });
  });
}
