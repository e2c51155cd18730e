import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Kept by CI as an artefact; not in git. */
const SCREENS = join(__dirname, '..', '..', 'test-results', 'screens');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** No calls home, nothing of another run, and no sandbox of its own: containers rarely allow one. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `CHROMIUM_PATH`, or the first browser of the family on the PATH; null where there is none. */
function executable(): string | null {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return given;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(runs) ?? null;
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * `describe` where Chromium is installed. Elsewhere the tests are skipped and say so; under CI they run, and fail, so that
 * no run that counts leaves them out unseen.
 */
export function browserOrSkip(): jest.Describe {
  if (executable() !== null || process.env['CI'] === 'true') return describe;
  process.stderr.write('skipped: no Chromium on the PATH, nor in CHROMIUM_PATH\n');
  return describe.skip;
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = executable();
  if (executablePath === null) throw new Error('Chromium is missing: install it, or say in CHROMIUM_PATH where it is');
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** The narrowest screen of WCAG's "reflow" (1.4.10): what fits it fits wider phones whatever their fonts. */
export const PHONE = { width: 320, height: 700 };

/** Keeps what the page looks like as <name>.png. */
export async function shot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`), animations: 'disabled' });
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** A colour on its way to another is nobody's fault: waits for what moves, but for what moves for ever. */
const SETTLED = `Promise.allSettled(document.getAnimations()
  .filter((each) => each.effect.getComputedTiming().iterations !== Infinity).map((each) => each.finished))`;

/** What axe-core finds serious or critical on the page as it is now: each rule with the elements that break it. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(SETTLED);
  // Evaluated by the debugger, which the page's content security policy does not bind.
  await page.evaluate(AXE);
  const results: AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => `  ${html}`).join('\n')}`);
}

/**
 * What makes a page scroll sideways: its width, then the text of what sticks out of the screen and of no box that scrolls
 * by itself. None when the page fits.
 */
export async function widerThanScreen(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const width = document.documentElement.scrollWidth;
    if (width <= window.innerWidth) return [];
    const scrolls = (element) => element !== document.body && (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
    const sticksOut = (element) => element.children.length === 0 && element.getBoundingClientRect().right > window.innerWidth;
    const culprits = [...document.body.querySelectorAll('*')].filter((element) => sticksOut(element) && !scrolls(element));
    return [String(width) + ' px', ...culprits.map((element) => element.tagName + ': ' + element.textContent)];
  })()`);
}
