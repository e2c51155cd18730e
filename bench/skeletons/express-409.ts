import { bareApp, listen } from './web';

/** The floor under every refusal: the body is parsed, and the answer is known in memory. */
const app = bareApp();
app.post('/orders', (_req, res) => {
  res.status(409).json({ code: 'sold_out' });
});
listen(app);
