import { type Client } from '@temporalio/client';
import { TemporalOrderProcess } from '../../../src/adapters/process/temporal/order-process';

const DRAFT = { buyerId: 'buyer_1', lines: [], payWith: null, payBy: '2026-01-01T00:30:00.000Z' };

test.each([
  ['at a quiet door, with a worker in the process', true, undefined, true],
  ['of those that waited', true, true, false],
  ['without a worker in the process', false, undefined, false],
])('a start %s: worker here %s, waited %s → eager %s', async (_, eagerStart, waited, eager) => {
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
  await new TemporalOrderProcess({ client: client as unknown as Client, eagerStart }).start('ord_1', DRAFT, waited);
  expect(asked).toMatchObject([{ requestEagerStart: eager }]);
});
