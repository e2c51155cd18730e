import express, { type Express } from 'express';
import { createNewId } from '../../src/adapters/ids/ulid';
import { type Hold } from './books';
import { given, READY } from './settings';

/** What a skeleton does behind its two calls. */
export interface Skeleton {
  /** Answers once all is done that it promises to a buyer. False: short. */
  place(hold: Hold): Promise<boolean>;
  pay(orderId: string): Promise<void>;
}

/** `POST /orders` {buyerId, skuId, quantity} and `POST /orders/{id}/pay`, with nothing checked that a shop need not check. */
export function serve(skeleton: Skeleton): void {
  const app = bareApp();
  const newId = createNewId(Date.now);
  app.post('/orders', async (req, res) => {
    const { buyerId, skuId, quantity } = req.body as Omit<Hold, 'id'>;
    const id = newId('order');
    const held = await skeleton.place({ id, buyerId, skuId, quantity });
    if (held) res.status(201).json({ id, status: 'awaiting_payment' });
    else res.status(409).json({ code: 'out_of_stock' });
  });
  app.post('/orders/:id/pay', async (req, res) => {
    await skeleton.pay(req.params.id);
    res.json({ id: req.params.id });
  });
  listen(app);
}

/** Express as it is quickest while still being Express. */
export function bareApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.json());
  return app;
}

export function listen(app: Express): void {
  app.listen(Number(given('PORT')), '127.0.0.1', () => console.log(READY));
}
