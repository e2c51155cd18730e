import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { CONSOLE_KEYS, openConsoled } from '../support/console-world';
import { type World } from '../support/world';

/** Who only looks, who acts, and who acts and approves. */
export const { vera: VIEWER, oscar: OPERATOR, anna: APPROVER } = CONSOLE_KEYS;

/** The whole service with its console, without orders; a consumer of the feed runs. */
export function openConsoleWorld(label: string): Promise<World> {
  return openConsoled(label, {
    consumers: { run: ['points-award'], pointsEarnBasisPoints: 250, profitShareUrl: null },
  });
}

export const urlOf = (world: World, path = ''): string => `${world.config.publicUrl}/console${path}`;

/** As a person has it who wants nothing to move: what is on its way is neither looked at nor judged. */
const CALM = { locale: 'en-US', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' } as const;

/** A page of a browser of its own, signed in. */
export async function signedIn(
  browser: Browser,
  world: World,
  key: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ ...CALM, ...options });
  const page = await context.newPage();
  await page.goto(urlOf(world));
  await page.getByLabel('Operator key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  return page;
}

/** Chooses an action on the order's page, with the reason that it asks for. */
export async function act(page: Page, name: string, reason: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name, exact: true }).click();
}
