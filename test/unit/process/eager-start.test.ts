import { type Client } from '@temporalio/client';
import { TemporalOrderProcess } from '../../../src/adapters/process/temporal/order-process';

const DRAFT = { buyerId: 'buyer_1', lines: [], payWith: null, payBy: '2026-01-01T00:30:00.000Z', asPlaced: false };

test.each([true, false])('a start is eager where a worker is in the process: %s', async (eagerStart) => {
  const asked: unknown[] = [];
  const client = {
    withDeadline: (_until: number, call: () => Promise<unknown>) => call(),
    workflow: {
      start: (_type: string, options: object) => {
        asked.push(options);
        return Promise.resolve();
      },
    },
  };
  await new TemporalOrderProcess({ client: client as unknown as Client, eagerStart }).start('ord_1', DRAFT);
  expect(asked).toMatchObject([{ requestEagerStart: eagerStart }]);
});
