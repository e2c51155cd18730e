import { type Catalogue, type NewSku } from '../../src/ports/catalogue';

const price = (minor: number) => ({ minor, currency: 'CNY' });

type DemoSku = Omit<NewSku, 'onShelf' | 'unlimited'> & Partial<Pick<NewSku, 'unlimited'>>;

/** A small tea shop: ordinary stock, something scarce, something that never runs out, something that asks for details. */
const DEMO_SKUS: readonly DemoSku[] = [
  {
    id: 'sku_gaiwan',
    productId: 'prod_gaiwan',
    title: 'Porcelain gaiwan, 120 ml',
    price: price(8900),
    initialStock: 250,
  },
  {
    id: 'sku_longjing_100g',
    productId: 'prod_longjing',
    title: 'Longjing, 100 g',
    price: price(12800),
    initialStock: 500,
  },
  {
    id: 'sku_longjing_250g',
    productId: 'prod_longjing',
    title: 'Longjing, 250 g',
    price: price(29900),
    initialStock: 200,
  },
  {
    id: 'sku_puerh_1998',
    productId: 'prod_puerh_1998',
    title: 'Pu’er cake of 1998',
    price: price(388000),
    initialStock: 3,
  },
  {
    id: 'sku_tea_course',
    productId: 'prod_tea_course',
    title: 'Tea course (video)',
    price: price(4900),
    initialStock: 0,
    unlimited: true,
  },
  {
    id: 'sku_travel_cup',
    productId: 'prod_travel_cup',
    title: 'Travel cup, engraved',
    price: price(6800),
    initialStock: 40,
    requiredForm: [
      'shippingAddress',
      {
        name: 'engraving',
        title: 'Engraving',
        schema: { type: 'string', maxLength: 20, description: 'Up to 20 characters; none if left empty' },
        required: false,
      },
    ],
  },
  {
    id: 'sku_moon_cup',
    productId: 'prod_moon_cup',
    title: 'Moon-white cup, first firing',
    price: price(52000),
    initialStock: 5,
  },
];

export const DEMO_CATALOGUE: readonly NewSku[] = DEMO_SKUS.map((sku) => ({ onShelf: true, unlimited: false, ...sku }));

/** Puts the demo catalogue on the shelf; SKUs that are there already stay as they are. Returns how many are new. */
export async function seedCatalogue(catalogue: Pick<Catalogue, 'create'>): Promise<number> {
  let created = 0;
  for (const sku of DEMO_CATALOGUE) if ((await catalogue.create(sku)) !== 'exists') created += 1;
  return created;
}
