import { readConfig } from '../config';
import { DemoClient, type DemoOrder } from './demo-client';
import { fail } from './process';

const say = (line = ''): void => console.log(line);

/** Long enough to pay by hand in the script, short enough to wait for. */
const SHORT_WINDOW_SECONDS = 3;
const SKU = 'sku_longjing_100g';
const SCARCE_SKU = 'sku_puerh_1998';

/** Five orders on a running system, each with its timeline and the stock before and after. */
async function demo(): Promise<void> {
  const { publicUrl, sandboxPort } = readConfig();
  const client = new DemoClient(publicUrl, process.argv[2] ?? '', `http://127.0.0.1:${sandboxPort}`);
  await client.check();
  for (const [title, play] of SCENES) await scene(client, title, play);
}

type Play = (client: DemoClient) => Promise<DemoOrder | null>;

const SCENES: readonly (readonly [string, Play])[] = [
  [
    'paid: the buyer pays at the cashier, the webhook confirms',
    async (client) => {
      const order = await client.place(SKU, 2);
      await client.pay(order);
      return client.ended(order);
    },
  ],
  [
    'timed out: nobody pays, the gateway closes, the stock comes back',
    async (client) => client.ended(await client.place(SKU, 2, SHORT_WINDOW_SECONDS)),
  ],
  [
    'cancelled: the buyer changes their mind',
    async (client) => {
      const order = await client.place(SKU, 1);
      await client.cancel(order);
      return client.ended(order);
    },
  ],
  [
    'paid as the window closes: the money wins',
    async (client) => {
      const order = await client.place(SKU, 1, SHORT_WINDOW_SECONDS);
      await client.payAsItCloses(order);
      return client.ended(order);
    },
  ],
  [
    'short of stock: refused, nothing is held',
    async (client) => {
      say(`  ${JSON.stringify(await client.refused(SCARCE_SKU, 10_000))}`);
      return null;
    },
  ],
];

async function scene(client: DemoClient, title: string, play: Play): Promise<void> {
  say(`\n${title}`);
  const before = await client.stock(SKU);
  const order = await play(client);
  if (order) {
    say(`  ${order.id} is ${order.status}`);
    for (const fact of await client.timeline(order))
      say(`    ${fact.at.slice(11, 23)}  ${fact.kind.padEnd(8)} ${fact.what}`);
  }
  say(`  stock before ${before}`);
  say(`        after  ${await client.stock(SKU)}`);
}

demo().catch(fail);
