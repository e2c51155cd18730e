import { type Page } from 'playwright-core';
import { browserOrSkip, PHONE, seriousFaults, shot, widerThanScreen } from '../support/browser';
import { ShopVisit, statusOf } from './shop-support';

/** Every page of the shop in every state that looks different, made by a step each. */
const SCENES: readonly (readonly [name: string, show: (shop: ShopVisit, page: Page) => Promise<unknown>])[] = [
  ['catalogue', (shop, page) => shop.go(page, '').then(() => page.getByText('Longjing, 100 g').waitFor())],
  ['product', (shop, page) => shop.addToCart(page, 'sku_travel_cup')],
  ['cart', (shop, page) => shop.go(page, '/cart').then(() => page.getByRole('link', { name: 'Check out' }).waitFor())],
  [
    'checkout',
    async (shop, page) => {
      await shop.go(page, '/checkout');
      await page.getByRole('button', { name: 'Order and pay' }).click();
      await page.getByText('Recipient is required').waitFor();
    },
  ],
  [
    'order-awaiting',
    async (shop, page) => {
      const { id } = await shop.order(page, 'sku_gaiwan', 600);
      await shop.go(page, `/orders/${id}`);
      await page.getByRole('img', { name: /Code to scan/ }).waitFor();
    },
  ],
  [
    'order-cancelling',
    async (_shop, page) => {
      await page.getByRole('button', { name: 'Cancel the order' }).click();
      await page.getByRole('button', { name: 'Keep it' }).waitFor();
    },
  ],
  [
    'order-paid',
    async (shop, page) => {
      const { id, merchantNo } = await shop.order(page, 'sku_gaiwan', 600);
      await shop.world.sandbox.pay(merchantNo);
      await shop.go(page, `/orders/${id}`);
      await statusOf(page, 'paid').waitFor();
    },
  ],
  ['orders', (shop, page) => shop.go(page, '/orders').then(() => page.getByText('Paid').waitFor())],
  ['flash', (shop, page) => shop.go(page, '/flash').then(() => page.getByRole('timer').waitFor())],
  ['failure', (shop, page) => shop.go(page, '/orders/ord_none').then(() => page.getByText('no such order').waitFor())],
  ['lost', (shop, page) => shop.go(page, '/nowhere')],
];

/** Many pages each, in a browser that shares a busy machine; every wait in them has a deadline of its own. */
jest.setTimeout(240_000);

browserOrSkip()('the shop for everybody', () => {
  let shop: ShopVisit;
  beforeAll(async () => {
    shop = await ShopVisit.open('shopaccess');
  });
  afterAll(() => shop?.close());

  it.each(['light', 'dark'] as const)('has no serious fault of accessibility, %s', async (colorScheme) => {
    const page = await shop.visitor('', { colorScheme, reducedMotion: 'reduce' });
    const faults: Record<string, string[]> = {};
    for (const [name, show] of SCENES) {
      await show(shop, page);
      await shot(page, `shop-${name}-${colorScheme}`);
      faults[name] = await seriousFaults(page);
    }
    expect(faults).toEqual(Object.fromEntries(SCENES.map(([name]) => [name, []])));
    await page.context().close();
  });

  it('fits a phone: no page is wider than it', async () => {
    const page = await shop.visitor('', { viewport: PHONE });
    for (const [name, show] of SCENES) {
      await show(shop, page);
      await shot(page, `shop-${name}-phone`);
      expect({ name, tooWide: await widerThanScreen(page) }).toEqual({ name, tooWide: [] });
    }
    await page.context().close();
  });
});
