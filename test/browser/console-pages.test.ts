import { type Browser, type Page } from 'playwright-core';
import { browserOrSkip, openBrowser, PHONE, seriousFaults, shot, widerThanScreen } from '../support/browser';
import { stuckOrder } from '../support/console-world';
import { paidOrder, placed, type RacingOrder } from '../support/races';
import { until } from '../support/until';
import { type World } from '../support/world';
import { APPROVER, openConsoleWorld, OPERATOR, signedIn, urlOf } from './console-support';

const NO_ORDER = 'ord_01JD2X8Q6V9TZ3M4N5P6Q7R8S9';
const CASE = 'case_01JD2X8Q6V9TZ3M4N5P6Q7R8S9';
const OUTAGE = 'out_01JD2X8Q6V9TZ3M4N5P6Q7R8S9';
/** Every page, twice. */
const ALL_PAGES_MS = 240_000;

browserOrSkip()('the console’s pages', () => {
  let world: World;
  let browser: Browser;
  let stuck: RacingOrder;
  let paid: RacingOrder;
  let waiting: RacingOrder;
  beforeAll(async () => {
    world = await openConsoleWorld('console-pages');
    browser = await openBrowser();
    stuck = await stuckOrder(world);
    paid = await paidOrder(world, 'wechat');
    waiting = await placed(world, 'alipay');
    await world.api.call('POST', '/v1/promotions', {
      id: 'promo_pages',
      name: 'Tea week',
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2036-01-01T00:00:00Z',
      discountBasisPoints: 2_000,
    });
    await openedCase(world, stuck.skuId);
    await runningOutage(world, waiting.id);
  }, ALL_PAGES_MS);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const pages = (): [string, string][] => [
    ['/', 'Overview'],
    ['/orders', 'Orders'],
    [`/orders/${stuck.id}`, stuck.id],
    [`/orders/${NO_ORDER}`, NO_ORDER],
    ['/approvals', 'Approvals'],
    ['/stock', 'Stock'],
    ['/stock/import', 'Import stock'],
    [`/stock/skus/${stuck.skuId}`, stuck.skuId],
    ['/promotions', 'Promotions'],
    ['/promotions/promo_pages', 'promo_pages'],
    ['/reconciliation', 'Reconciliation'],
    ['/reconciliation/runs', 'Reconciliation runs'],
    [`/reconciliation/cases/${CASE}`, CASE],
    ['/events', 'Events'],
    ['/events/dead-letters', 'Dead letters'],
    ['/gateways', 'Gateways'],
    ['/outages', 'Outages'],
    [`/outages/${OUTAGE}`, OUTAGE],
    ['/nothing/here', 'No such page'],
  ];

  /** Waits for the page's answers; skeletons have gone by then. */
  const visit = async (page: Page, path: string, title: string): Promise<void> => {
    await page.goto(urlOf(world, path));
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
    await until(`${path} has its answers`, async () => (await page.getByLabel('Loading').count()) === 0);
  };
  /** What its picture is called: the same in every run. */
  const nameOf = (path: string): string =>
    path
      .slice(1)
      .replace(stuck.id, 'stuck')
      .replace(stuck.skuId, 'sku')
      .replace(NO_ORDER, 'none')
      .replace(`cases/${CASE}`, 'case')
      .replace(`outages/${OUTAGE}`, 'outage')
      .replaceAll('/', '-') || 'overview';

  it.each(['light', 'dark'] as const)(
    'each page is accessible in %s colours and breaks no rule of its content security policy',
    async (colorScheme) => {
      const page = await signedIn(browser, world, APPROVER, { colorScheme });
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      const faults: string[] = [];
      for (const [path, title] of pages()) {
        await visit(page, path, title);
        faults.push(...(await seriousFaults(page)).map((fault) => `${path}: ${fault}`));
        await shot(page, `console-${nameOf(path)}-${colorScheme}`);
      }
      expect({ faults, complaints }).toEqual({ faults: [], complaints: [] });
      await page.context().close();
    },
    ALL_PAGES_MS,
  );

  /** Where a dialog is opened, by which button, and what else is chosen in it. */
  const dialogs = (): [path: string, title: string, button: string, choice: string | null][] => [
    [`/orders/${stuck.id}`, stuck.id, 'Retry now', null],
    [`/orders/${waiting.id}`, waiting.id, 'Extend the window', null],
    [`/orders/${paid.id}`, paid.id, 'Refund', 'A part of it'],
    [`/orders/${paid.id}`, paid.id, 'Restock', null],
    [`/reconciliation/cases/${CASE}`, CASE, 'Resolve', null],
    [`/outages/${OUTAGE}`, OUTAGE, 'Stop outage mode', null],
  ];

  it.each(['light', 'dark'] as const)(
    'each dialog is accessible in %s colours, and nothing is done until it is sent',
    async (colorScheme) => {
      const page = await signedIn(browser, world, APPROVER, { colorScheme });
      const sent: string[] = [];
      page.on('request', (request) => {
        if (request.method() !== 'GET') sent.push(request.url());
      });
      const faults: string[] = [];
      for (const [path, title, button, choice] of dialogs()) {
        await visit(page, path, title);
        await page.getByRole('button', { name: button, exact: true }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('button', { name: 'Back' }).waitFor();
        if (choice !== null) await dialog.getByLabel(choice).check();
        faults.push(...(await seriousFaults(page)).map((fault) => `${button}: ${fault}`));
        await shot(page, `console-dialog-${button.toLowerCase().replaceAll(' ', '-')}-${colorScheme}`);
        await dialog.getByRole('button', { name: 'Back' }).click();
        await dialog.waitFor({ state: 'hidden' });
      }
      expect({ faults, sent }).toEqual({ faults: [], sent: [] });
      await page.context().close();
    },
    ALL_PAGES_MS,
  );

  it('on a phone the list of orders says their states without being scrolled', async () => {
    const page = await signedIn(browser, world, APPROVER, { viewport: PHONE });
    await visit(page, '/orders', 'Orders');
    const state = page.getByRole('row').filter({ hasText: stuck.id }).getByText('Closing', { exact: true });
    const box = await state.boundingBox();
    expect((box?.x ?? PHONE.width) + (box?.width ?? 0)).toBeLessThanOrEqual(PHONE.width);
    await shot(page, 'console-orders-phone');
    await page.context().close();
  });

  it(
    'on a phone no page is wider than the screen, and the navigation opens by its button',
    async () => {
      const page = await signedIn(browser, world, APPROVER, { viewport: PHONE });
      const tooWide: string[] = [];
      for (const [path, title] of pages()) {
        await visit(page, path, title);
        tooWide.push(...(await widerThanScreen(page)).map((element) => `${path}: ${element}`));
      }
      expect(tooWide).toEqual([]);
      await visit(page, `/orders/${stuck.id}`, stuck.id);
      await shot(page, 'console-order-phone');
      await page.getByRole('button', { name: 'Navigation' }).click();
      await page.getByRole('link', { name: 'Stock' }).click();
      await page.getByRole('heading', { level: 1, name: 'Stock' }).waitFor();
      expect(await page.getByRole('button', { name: 'Navigation' }).getAttribute('aria-expanded')).toBe('false');
      await page.context().close();
    },
    ALL_PAGES_MS,
  );

  it('a key that nobody has is refused in place; no script can read what a session keeps; it ends by signing out', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(urlOf(world, '/stock'));
    await page.getByLabel('Operator key').fill('nobody-has-this');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('nobody has this key').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByLabel('Operator key').fill(OPERATOR);
    await page.keyboard.press('Enter');
    // Where one wanted to go.
    await page.getByRole('heading', { level: 1, name: 'Stock' }).waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/console' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect((await context.request.get(urlOf(world, '/api/me'))).status()).toBe(401);
    await context.close();
  });

  it('a session that is over asks to sign in again, where one is', async () => {
    const page = await signedIn(browser, world, OPERATOR);
    await visit(page, '/orders', 'Orders');
    await page.context().clearCookies();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(page.url()).toContain('/orders');
    await page.context().close();
  });

  it('outage mode is stopped once that is confirmed, and the page says so', async () => {
    const page = await signedIn(browser, world, OPERATOR);
    await visit(page, `/outages/${OUTAGE}`, OUTAGE);
    await page.getByRole('button', { name: 'Stop outage mode' }).click();
    const dialog = page.getByRole('dialog', { name: 'Stop outage mode' });
    await dialog.getByText(/Orders that have not had their turn keep the deadline that they have/).waitFor();
    await dialog.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('alert').getByText('Outage mode is stopped.').waitFor();
    await page.getByText('Stopped', { exact: true }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.context().close();
  });

  it('Tab reaches the link past the navigation first', async () => {
    const page = await signedIn(browser, world, OPERATOR);
    await visit(page, '/orders', 'Orders');
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    expect(await focused.innerText()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await focused.getAttribute('id')).toBe('content');
    await page.context().close();
  });
});

/** A case as a run of the reconciliation opens it. */
async function openedCase(world: World, skuId: string): Promise<void> {
  await world.prisma.reconcileCase.create({
    data: {
      ...{ id: CASE, class: 'counters', code: 'stock_differs', state: 'open' },
      ...{ subjectKind: 'sku', subjectId: skuId, found: { available: 11, ledger: 10 } },
    },
  });
}

/** An outage that has extended the order, and is not through yet. */
async function runningOutage(world: World, orderId: string): Promise<void> {
  await world.prisma.outageRow.create({
    data: {
      ...{ id: OUTAGE, gateway: 'alipay', minutes: 30, reason: 'Alipay is out' },
      ...{ actorId: 'op_anna', clientKey: 'pages', startedBy: { id: 'op_anna', name: 'Anna', roles: ['operator'] } },
      ...{ startedAt: new Date(), processStarted: true },
      results: { create: { orderId, outcome: 'extended', payBy: new Date(), message: 'extended' } },
    },
  });
}
