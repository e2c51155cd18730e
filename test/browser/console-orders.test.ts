import { type Browser, type Page } from 'playwright-core';
import { browserOrSkip, openBrowser, shot } from '../support/browser';
import { stuckOrder } from '../support/console-world';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { ALWAYS, paidOrder, placed } from '../support/races';
import { until } from '../support/until';
import { type World } from '../support/world';
import { act, APPROVER, openConsoleWorld, OPERATOR, signedIn, urlOf, VIEWER } from './console-support';

/** An outage of the gateway, its recovery, and the answer that the order then waits for. */
const STUCK_MS = 120_000;

browserOrSkip()('orders in the console', () => {
  let world: World;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    world = await openConsoleWorld('console-orders');
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });
  beforeEach(async () => {
    page = await signedIn(browser, world, OPERATOR);
  });
  afterEach(async () => {
    await page.context().close();
    await expectBooksBalance(world);
  });

  const open = async (orderId: string, on = page): Promise<void> => {
    await on.goto(urlOf(world, `/orders/${orderId}`));
    await on.getByRole('heading', { name: 'What you can do' }).waitFor();
  };
  const seen = (text: string | RegExp, on = page): Promise<void> => on.getByText(text).first().waitFor();
  const closeDialog = (): Promise<void> =>
    page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

  it('an order is found by its merchant number, and its page takes the focus', async () => {
    const order = await placed(world, 'wechat');
    await placed(world, 'alipay');
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await page.getByRole('searchbox').fill(order.merchantNo);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/q=/);
    await until('only the order is listed', async () => {
      const ids = await page.getByRole('row').getByRole('link').allTextContents();
      return ids.length === 1 && ids[0] === order.id;
    });
    await page.getByRole('link', { name: order.id }).click();
    const heading = page.getByRole('heading', { level: 1, name: order.id });
    await heading.waitFor();
    expect(await heading.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    expect(await page.title()).toBe(`${order.id} · Holdfast console`);
    await page.goBack();
    expect(page.url()).toContain('q=');
  });

  it('no order is like that: the list says so, and the filters stay in the address', async () => {
    await page.goto(urlOf(world, '/orders?status=refunded&gateway=stripe'));
    await seen('No order is like that.');
    expect(await page.getByLabel('State').inputValue()).toBe('refunded');
  });

  it(
    'a gateway’s outage: the page says why the order is stuck; asked again once it is over, it goes on',
    async () => {
      const { id, skuId } = await stuckOrder(world);
      await open(id);
      await until('the outage is told', async () =>
        /no answer|not answer|asked/i.test(await page.getByRole('note').innerText()),
      );
      await seen(/asked \d+ times? so far/);
      await page.getByRole('listitem').filter({ hasText: skuId }).first().waitFor();
      expect(await page.getByRole('button', { name: 'Extend the window' }).isDisabled()).toBe(true);
      await seen(/^Not now: It no longer waits for a payment/);
      await shot(page, 'console-order-stuck');
      await world.sandbox.disarm();
      await act(page, 'Retry now', 'WeChat Pay is back');
      await page.getByRole('dialog').getByRole('status').waitFor();
      await closeDialog();
      // Nobody reloads the page.
      await page.getByText('Cancelled', { exact: true }).first().waitFor();
      await seen('Nothing is held.');
      await seen('WeChat Pay is back');
      expect(await world.api.stock(skuId)).toMatchObject({ reserved: 0 });
    },
    STUCK_MS,
  );

  it('extend: the buyer has until the new deadline', async () => {
    const { id } = await placed(world, 'wechat');
    const before = Date.parse((await world.api.order(id)).payBy);
    await open(id);
    await act(page, 'Extend the window', 'The buyer called');
    await page.getByRole('dialog').getByText('Done', { exact: true }).waitFor();
    await closeDialog();
    const after = Date.parse((await world.api.order(id)).payBy);
    // Half an hour more, to the second.
    expect(Math.abs(after - before - 30 * 60_000)).toBeLessThan(1_000);
    await seen('The buyer called');
  });

  it('a command that is still under way is sent again under its key', async () => {
    const { id } = await placed(world, 'wechat');
    const keys: (string | undefined)[] = [];
    await page.route('**/console/api/orders/*/actions', (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      const problem = { code: 'request_in_progress', title: 'Still under way', status: 409 };
      return route.fulfill({ status: 409, contentType: 'application/problem+json', json: problem });
    });
    await open(id);
    await act(page, 'Retry now', 'The buyer says that it is paid');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('alert').getByText('Still under way').first().waitFor();
    await dialog.getByRole('button', { name: 'Retry now' }).click();
    await dialog.getByText('Done', { exact: true }).waitFor();
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), keys[0]]);
  });

  it('retry now: a payment that nobody told us of turns the page', async () => {
    const { id, merchantNo } = await placed(world, 'wechat');
    await world.sandbox.fault({ op: 'notify', fault: 'lost', times: ALWAYS, match: { merchantNo } });
    await world.sandbox.pay(merchantNo);
    await open(id);
    await act(page, 'Retry now', 'The buyer says that it is paid');
    await page.getByRole('dialog').getByText('the gateway was asked: paid').waitFor();
    await closeDialog();
    await page.getByText('Paid', { exact: true }).first().waitFor();
  });

  it('cancel: closed at the gateway, then cancelled, and the stock is back', async () => {
    const { id, skuId, merchantNo } = await placed(world, 'wechat');
    await open(id);
    await act(page, 'Cancel', 'Ordered twice');
    await page.getByRole('dialog').getByRole('status').waitFor();
    await closeDialog();
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    expect(await world.sandbox.story(merchantNo)).toEqual(['created', 'closed']);
    expect(await world.api.stock(skuId)).toMatchObject({ reserved: 0 });
  });

  it('marked for handling by hand, and taken back', async () => {
    const { id } = await paidOrder(world, 'wechat');
    await open(id);
    await act(page, 'Mark for handling by hand', 'The parcel is lost');
    await page.getByRole('dialog').getByText('Done', { exact: true }).waitFor();
    await closeDialog();
    await page.goto(urlOf(world, '/orders?manual=true'));
    await page.getByRole('row').filter({ hasText: id }).getByText('by hand').waitFor();
    await open(id);
    await seen(/Handled by hand by Oscar/);
    await act(page, 'Take the mark away', 'It was found');
    await page.getByRole('dialog').getByText('Done', { exact: true }).waitFor();
  });

  it('a refund of a part, below the amount for two, is done at once', async () => {
    const { id } = await paidOrder(world, 'wechat');
    await open(id);
    await page.getByRole('button', { name: 'Refund', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('A part of it').check();
    await dialog.getByLabel('Amount in CNY').fill('4.99');
    await dialog.getByLabel('Reason').fill('A scratch');
    await dialog.getByRole('button', { name: 'Refund', exact: true }).click();
    await dialog.getByText('Done', { exact: true }).waitFor();
    await until('it is given back', async () => {
      const { body } = await world.api.call<{ refundedAmount: { minor: number } }>('GET', `/v1/orders/${id}`);
      return body.refundedAmount.minor === 499;
    });
  });

  it('a refund of all of it waits for a second person, who is not the one who asked', async () => {
    const { id, skuId } = await paidOrder(world, 'wechat');
    await open(id);
    await page.getByRole('button', { name: 'Refund', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Put the units back on sale').check();
    await dialog.getByLabel('Reason').fill('It never arrived');
    await dialog.getByRole('button', { name: 'Refund', exact: true }).click();
    await dialog.getByText('Awaiting approval').waitFor();
    await closeDialog();
    await page.goto(urlOf(world, '/approvals'));
    const own = page.getByRole('row').filter({ hasText: id });
    await own.getByText(/Another person/).waitFor();
    expect(await own.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect((await world.api.order(id)).status).toBe('paid');

    const second = await signedIn(browser, world, APPROVER);
    await second.getByRole('link', { name: 'Approvals waiting: 1' }).click();
    const row = second.getByRole('row').filter({ hasText: id });
    await row.getByRole('button', { name: 'Approve' }).click();
    await second.getByRole('dialog').getByText('It never arrived').waitFor();
    await shot(second, 'console-approve');
    await second.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await second.getByRole('dialog').waitFor({ state: 'hidden' });
    await second
      .getByRole('alert')
      .getByText(/is taken on$/)
      .waitFor();
    await untilStatus(world, id, 'refunded');
    await until('the units are back', async () => (await world.api.stock(skuId)).sold === 0);
    await open(id, second);
    await seen(/Approved by Anna/, second);
    await second.context().close();
  });

  it('who only looks sees why nothing can be done', async () => {
    const { id } = await placed(world, 'wechat');
    const looking = await signedIn(browser, world, VIEWER);
    await open(id, looking);
    expect(await looking.getByRole('button', { name: 'Cancel', exact: true }).isDisabled()).toBe(true);
    await seen(/Acting needs the role operator/, looking);
    await looking.context().close();
  });
});
