import { browserOrSkip, shot } from '../support/browser';
import { until } from '../support/until';
import { fillAddress, focused, payAtCashier, ShopVisit, statusOf, tabTo } from './shop-support';

/** Many pages each, in a browser that shares a busy machine; every wait in them has a deadline of its own. */
jest.setTimeout(240_000);

browserOrSkip()('the shop in a browser', () => {
  let shop: ShopVisit;
  beforeAll(async () => {
    shop = await ShopVisit.open('shop');
  });
  afterAll(() => shop?.close());

  it('from the catalogue to a paid order: fields asked for, cashier, and a page that turns by itself', async () => {
    const page = await shop.visitor();
    await page.getByRole('link', { name: 'Travel cup, engraved' }).click();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'Go to the cart' }).click();
    await page.getByRole('link', { name: 'Check out' }).click();

    await page.getByRole('button', { name: 'Order and pay' }).click();
    await page.getByText('Recipient is required').waitFor();
    await focused(page, page.getByLabel('Recipient')).waitFor();
    await fillAddress(page);
    await page.getByLabel('Phone').fill('not a number');
    await page.getByRole('button', { name: 'Order and pay' }).click();
    await page.getByText(/Phone must be a phone number/).waitFor();
    await page.getByLabel('Phone').fill('13800138000');
    await page.getByLabel('Engraving').fill('for Han Meimei');
    await page.getByRole('button', { name: 'Order and pay' }).click();

    await page.getByRole('img', { name: 'Code to scan with WeChat Pay' }).waitFor();
    await shot(page, 'shop-cashier');
    await page.evaluate('window.neverReloaded = true');
    await payAtCashier(page);
    await statusOf(page, 'paid').waitFor();
    expect(await page.evaluate('window.neverReloaded')).toBe(true);
    await page.getByText('Li Lei, 13800138000, Zhejiang, Hangzhou, 1 Tea Road').waitFor();

    const id = page.url().split('/').pop() ?? '';
    const { body } = await shop.world.api.call<{ form: unknown; status: string }>('GET', `/v1/orders/${id}`);
    expect(body).toMatchObject({ status: 'paid', form: { sku_travel_cup: { engraving: 'for Han Meimei' } } });
    await page.getByRole('link', { name: 'My orders' }).click();
    await page.getByRole('link', { name: '1 × Travel cup, engraved' }).waitFor();
    await page.getByText('Paid').waitFor();
    await page.context().close();
  });

  it('is bought with the keyboard alone', async () => {
    const page = await shop.visitor();
    const press = async (role: 'link' | 'button', name: string) => {
      await tabTo(page, page.getByRole(role, { name, exact: true }));
      await page.keyboard.press('Enter');
    };
    await press('link', 'Skip to the content');
    await press('link', 'Porcelain gaiwan, 120 ml');
    await press('button', 'Add to cart');
    await press('link', 'Go to the cart');
    await press('link', 'Check out');
    await focused(page, page.getByRole('heading', { name: 'Checkout' })).waitFor();
    await press('button', 'Order and pay');
    await press('button', 'Cancel the order');
    await press('button', 'Yes, cancel it');
    await statusOf(page, 'cancelled').waitFor();
    await page.getByText('You cancelled it.').waitFor();
    await page.context().close();
  });

  it('shows the promotion’s price and time, and charges that price', async () => {
    const page = await shop.visitor();
    const banner = page.getByRole('region', { name: 'Longjing week' });
    expect(await banner.getByRole('timer').textContent()).toMatch(/^(\d d )?\d\d:\d\d/);
    await page.getByRole('link', { name: 'Longjing, 100 g' }).click();
    await page.getByText('CN¥108.80').waitFor();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'Go to the cart' }).click();
    await page.getByText('Longjing week, 15 % off: −CN¥19.20').waitFor();
    await page.getByRole('link', { name: 'Check out' }).click();
    await page.getByRole('button', { name: 'Order and pay' }).click();
    await page.getByRole('heading', { name: 'Pay CN¥108.80' }).waitFor();
    await page.context().close();
  });

  it('says in the cart and at the checkout what has run short meanwhile, and places nothing', async () => {
    const { api } = shop.world;
    const skuId = await api.addSku(1);
    const page = await shop.visitor();
    await shop.addToCart(page, skuId);
    await shop.go(page, '/checkout');
    await page.getByRole('button', { name: 'Order and pay' }).waitFor();
    const other = await api.place({ buyerId: 'buyer_quicker', lines: [{ skuId, quantity: 1 }] });
    expect(other.status).toBe(201);
    await page.getByRole('button', { name: 'Order and pay' }).click();
    await page
      .getByRole('alert')
      .getByText(/somebody was quicker/i)
      .waitFor();
    await page.getByText('Sold out: take it out, or wait for units to come back.').waitFor();
    await page.getByRole('link', { name: /^Cart/ }).click();
    await page.getByText('Not everything can be ordered').waitFor();
    await shot(page, 'shop-cart-short');
    await page.getByRole('button', { name: 'Take out Tea' }).click();
    await page.getByText('Your cart is empty.').waitFor();
    await page.context().close();
  });

  it('an answer that is lost costs no second order: the same key again', async () => {
    const page = await shop.visitor();
    await shop.addToCart(page, 'sku_gaiwan');
    const keys: (string | undefined)[] = [];
    await page.route('**/shop/api/cart/checkout', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    await shop.go(page, '/checkout');
    await page.getByRole('button', { name: 'Order and pay' }).click();
    await statusOf(page, 'awaiting_payment').waitFor();
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), keys[0]]);
    const buyer = await shop.buyerOf(page);
    expect(await shop.world.prisma.order.count({ where: { buyerId: buyer } })).toBe(1);
    await page.context().close();
  });

  it('switches the gateway on the way, and is paid there', async () => {
    const page = await shop.visitor();
    const { id } = await shop.order(page, 'sku_gaiwan', 600);
    await shop.go(page, `/orders/${id}`);
    await page.getByLabel('Pay another way').selectOption('alipay');
    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByRole('link', { name: 'Open the cashier of Alipay' }).waitFor();
    await payAtCashier(page);
    await statusOf(page, 'paid').waitFor();
    await page.context().close();
  });

  it('a payment of the last second counts: the window is over, the order turns paid', async () => {
    const page = await shop.visitor();
    const skuId = await shop.world.api.addSku(1);
    // Before there is anything to match by: nothing else of this world is being closed now.
    await shop.world.sandbox.fault({ op: 'close', fault: 'pay_before_close', match: { gateway: 'wechat' } });
    const { id } = await shop.order(page, skuId, 4);
    await shop.go(page, `/orders/${id}`);
    await statusOf(page, 'paid').waitFor();
    expect(await shop.world.api.stock(skuId)).toMatchObject({ available: 0, reserved: 0, sold: 1 });
    await page.context().close();
  });

  it('shows that an order was cancelled when its time is over, and has its unit on the shelf again', async () => {
    const page = await shop.visitor();
    const skuId = await shop.world.api.addSku(1);
    const { id } = await shop.order(page, skuId, 4);
    await shop.go(page, `/orders/${id}`);
    await statusOf(page, 'cancelled').waitFor();
    await page.getByText('The time to pay was over.').waitFor();
    await shop.go(page, `/products/${skuId}`);
    await page.getByText('Only 1 left').waitFor();
    await page.context().close();
  });

  it('another buyer’s order is none', async () => {
    const [mine, theirs] = [await shop.visitor(), await shop.visitor()];
    const { id } = await shop.order(mine, 'sku_gaiwan', 600);
    await shop.go(theirs, `/orders/${id}`);
    await theirs.getByText('There is no such order among yours.').waitFor();
    await Promise.all([mine.context().close(), theirs.context().close()]);
  });

  it('a flash sale: nobody before its start, one unit to one of two browsers, the other is told', async () => {
    const { api, prisma } = shop.world;
    const skuId = await api.addSku(1);
    const begins = Date.now() + 3_600_000;
    const promotion = {
      id: 'promo_one_cup',
      name: 'One cup',
      discountBasisPoints: 5000,
      skuIds: [skuId],
      totalQuota: 1,
      counts: 'units',
    };
    const window = { startsAt: new Date(begins).toISOString(), endsAt: new Date(begins + 600_000).toISOString() };
    expect((await api.call('POST', '/v1/promotions', { ...promotion, ...window })).status).toBe(201);

    const pages = await Promise.all([shop.visitor('/flash'), shop.visitor('/flash')]);
    const sales = pages.map((page) => page.getByRole('region', { name: 'One cup' }));
    await Promise.all(sales.map((sale) => sale.getByRole('timer', { name: 'Begins in' }).waitFor()));
    expect(await sales[0]?.getByRole('button', { name: 'Not yet' }).isDisabled()).toBe(true);
    await prisma.promotion.update({ where: { id: promotion.id }, data: { startsAt: new Date() } });
    await Promise.all(sales.map((sale) => sale.getByRole('button', { name: 'Buy now' }).waitFor()));
    // The slower one may find the button gone: that tells as well.
    await Promise.all(
      sales.map((sale) => sale.getByRole('button', { name: /Buy now|Sold out/ }).click({ force: true })),
    );

    const won = await until('one has it', () => pages.find((page) => page.url().includes('/orders/')));
    const lost = pages.find((page) => page !== won);
    await statusOf(won, 'awaiting_payment').waitFor();
    await lost
      ?.getByText(/quicker|used up for now|Sold out\./)
      .first()
      .waitFor();
    if (lost) await shot(lost, 'shop-flash-lost');
    expect(lost?.url()).toContain('/flash');
    await payAtCashier(won);
    await statusOf(won, 'paid').waitFor();
    expect(await prisma.order.count({ where: { lines: { some: { skuId } } } })).toBe(1);
    await Promise.all(pages.map((page) => page.context().close()));
  });
});
