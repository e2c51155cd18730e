import { type Browser, type Page } from 'playwright-core';
import { browserOrSkip, openBrowser, shot } from '../support/browser';
import { paidOrder, placed } from '../support/races';
import { until } from '../support/until';
import { type World } from '../support/world';
import { openConsoleWorld, OPERATOR, signedIn, urlOf } from './console-support';

/** A run of the reconciliation compares everything, twice. */
const RUN_MS = 120_000;

browserOrSkip()('stock, cases, dead letters and outages in the console', () => {
  let world: World;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    world = await openConsoleWorld('console-desk');
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });
  beforeEach(async () => {
    page = await signedIn(browser, world, OPERATOR);
  });
  afterEach(() => page.context().close());

  it('stock is adjusted for a reason, and the ledger tells it', async () => {
    const skuId = await world.api.addSku(10);
    await page.goto(urlOf(world, `/stock/skus/${skuId}`));
    await page.getByRole('button', { name: 'Adjust' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Units').fill('-3');
    await dialog.getByText('Available now 10, afterwards 7.').waitFor();
    await dialog.getByLabel('Reason').fill('Broken in the store room');
    await dialog.getByRole('button', { name: 'Adjust' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('alert').getByText(`${skuId} is adjusted: 7 available.`).waitFor();
    expect(await world.api.stock(skuId)).toMatchObject({ available: 7 });
    await page.getByRole('row').filter({ hasText: 'Broken in the store room' }).getByText('-3').waitFor();
    await page.getByText(/rows agree with the counters/).waitFor();
  });

  it('what cannot be taken away is refused where it was asked for', async () => {
    const skuId = await world.api.addSku(1);
    await page.goto(urlOf(world, `/stock/skus/${skuId}`));
    await page.getByRole('button', { name: 'Adjust' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Units').fill('-5');
    await dialog.getByLabel('Reason').fill('Lost');
    await dialog.getByRole('button', { name: 'Adjust' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await world.api.stock(skuId)).toMatchObject({ available: 1 });
  });

  it('a CSV file is imported, each line with its result', async () => {
    const skuId = await world.api.addSku(1);
    await page.goto(urlOf(world, '/stock/import'));
    await page.locator('input[type=file]').setInputFiles({
      name: 'delivery.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`skuId,delta,reason\n${skuId},5,delivery\nsku_nobody_knows,1,delivery\n`),
    });
    await page.getByLabel('What can be done is done, the rest is reported').check();
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByText('1 applied, 1 refused.').waitFor();
    expect(await world.api.stock(skuId)).toMatchObject({ available: 6 });
  });

  it(
    'damage is found by a run that is started here, and its case resolved with a note',
    async () => {
      const skuId = await world.api.addSku(10);
      await world.prisma.$executeRaw`UPDATE stock SET available = available + 1 WHERE sku_id = ${skuId}`;
      await page.getByRole('link', { name: 'Reconciliation' }).click();
      await page.getByRole('button', { name: 'Run now' }).click();
      await page.getByText('It is under way:').waitFor();
      const row = page.getByRole('row').filter({ hasText: skuId });
      await row.waitFor({ timeout: RUN_MS });
      await row.getByRole('link').click();
      await page.getByRole('heading', { name: 'What to do' }).waitFor();
      await page.getByText(/somebody wrote past the ledger/).waitFor();
      await shot(page, 'console-case');
      await world.prisma.$executeRaw`UPDATE stock SET available = available - 1 WHERE sku_id = ${skuId}`;
      await page.getByRole('button', { name: 'Resolve' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('What was done').fill('Counted the shelf, set the counter right');
      await dialog.getByRole('button', { name: 'Resolve' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await page.getByRole('alert').getByText('The case is resolved.').waitFor();
      await page.getByText('Resolved', { exact: true }).waitFor();
      await page.getByText('Counted the shelf, set the counter right').waitFor();
    },
    RUN_MS,
  );

  it('a dead letter is shown with its event, and handed to its consumer once more', async () => {
    const { id } = await paidOrder(world, 'wechat');
    const position = await until('the event is in the feed', async () => {
      const { body } = await world.api.call<{ items: { orderId: string; type: string; position: string }[] }>(
        'GET',
        '/v1/events?after=0&limit=500',
      );
      return body.items.find((event) => event.orderId === id && event.type === 'OrderPaid')?.position;
    });
    await world.stores.deadEvents.add('points-award', position);
    await page.goto(urlOf(world, '/events/dead-letters'));
    await page.getByRole('heading', { name: 'points-award: 1' }).waitFor();
    await page.getByRole('region', { name: 'Dead letters of points-award' }).getByText('OrderPaid').waitFor();
    await page.getByRole('button', { name: 'Replay points-award' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replay points-award' });
    await dialog.getByText('All of them are handed to points-award once more.').waitFor();
    expect(await world.stores.deadEvents.count('points-award')).toBe(1);
    await dialog.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('alert').getByText('1 handed to points-award once more.').waitFor();
    await page.getByRole('heading', { name: 'points-award: 0' }).waitFor();
  });

  it('outage mode gives each order that waits at the gateway more time, with a result for each', async () => {
    const order = await placed(world, 'wechat');
    const before = Date.parse((await world.api.order(order.id)).payBy);
    await page.goto(urlOf(world, '/outages'));
    await page.getByRole('button', { name: 'Start outage mode' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Gateway').selectOption('wechat');
    await dialog.getByLabel('Minutes').fill('45');
    await dialog.getByLabel('Reason').fill('WeChat Pay is out');
    await dialog.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('heading', { name: 'Result per order' }).waitFor();
    await page
      .getByRole('row')
      .filter({ hasText: order.id })
      .getByText(/^extended/)
      .waitFor();
    await page.getByText('Done', { exact: true }).waitFor();
    await shot(page, 'console-outage');
    expect(Date.parse((await world.api.order(order.id)).payBy) - before).toBe(45 * 60_000);
  });
});
