import { type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { seedCatalogue } from '../../prisma/seed/catalogue';
import { seedPromotions } from '../../prisma/seed/promotions';
import { openBrowser } from '../support/browser';
import { openWorld, type World } from '../support/world';

/** Longer than any honest wait on a busy machine; reaching it means that it never came. */
export const PATIENCE_MS = 40_000;

/** The shop of a world with the demo catalogue, and browsers that visit it. */
export class ShopVisit {
  private constructor(
    readonly world: World,
    private readonly browser: Browser,
  ) {}

  static async open(label: string): Promise<ShopVisit> {
    const world = await openWorld(label, {
      timing: { gatewayTimeoutMs: 5_000 },
      config: { shop: { apiKey: null } },
    });
    try {
      await seedCatalogue(world.stores.catalogue);
      await seedPromotions(world.stores.promotions, Date.now());
      return new ShopVisit(world, await openBrowser());
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.world.close();
  }

  /** A browser of its own, hence another buyer, at an address below `/shop`. */
  async visitor(path = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await this.go(page, path);
    return page;
  }

  async go(page: Page, path: string): Promise<void> {
    await page.goto(`${this.world.api.url}/shop${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  }

  /** The buyer that the shop takes the browser for. */
  async buyerOf(page: Page): Promise<string> {
    const answer = await page.request.get(`${this.world.api.url}/shop/api/cart`);
    return ((await answer.json()) as { buyerId: string }).buyerId;
  }

  /** An order of the browser's buyer with a window of its own, which the shop itself doesn't offer. */
  async order(page: Page, skuId: string, paymentWindowSeconds: number): Promise<{ id: string; merchantNo: string }> {
    const placed = await this.world.api.place({
      buyerId: await this.buyerOf(page),
      lines: [{ skuId, quantity: 1 }],
      paymentWindowSeconds,
    });
    return { id: placed.body.id, merchantNo: placed.body.payment?.merchantNo ?? '' };
  }

  async addToCart(page: Page, skuId: string): Promise<void> {
    await this.go(page, `/products/${skuId}`);
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByText('1 in your cart').waitFor();
  }
}

/** The order page's own words for the state that it shows. */
export function statusOf(page: Page, status: string): Locator {
  return page.locator(`[data-status="${status}"]`);
}

export async function fillAddress(page: Page): Promise<void> {
  const address = page.getByRole('group', { name: 'Shipping address' });
  const filled = { Recipient: 'Li Lei', Phone: '13800138000', Province: 'Zhejiang', City: 'Hangzhou' };
  for (const [label, value] of Object.entries(filled)) await address.getByLabel(label).fill(value);
  await address.getByLabel('Street and number').fill('1 Tea Road');
}

/** Pays on the sandbox's own cashier page, which the link opens beside the shop's. */
export async function payAtCashier(page: Page): Promise<void> {
  const [cashier] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: /Open the cashier/ }).click(),
  ]);
  await cashier.getByRole('button', { name: 'Pay' }).click();
  await cashier.locator('[data-state="paid"]').waitFor();
  await cashier.close();
}

/** The target where it has the focus, nothing where it has not. */
export function focused(page: Page, target: Locator): Locator {
  return target.and(page.locator(':focus'));
}

/** Moves the focus with the Tab key alone until it is on what is asked for. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let step = 0; step < 60; step += 1) {
    if ((await focused(page, target).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key never reaches ${String(target)}`);
}
