import { type Client } from '@temporalio/client';
import { TemporalOrderProcess } from '../../../src/adapters/process/temporal/order-process';

const DRAFT = { buyerId: 'buyer_1', lines: [], payWith: null, payBy: '2026-01-01T00:30:00.000Z', asPlaced: false };

/** A process whose server answers every call with this gRPC status. */
function answering(code: number): TemporalOrderProcess {
  const status = Object.assign(new Error('refused'), { code, details: 'refused', metadata: {} });
  const client = {
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflow: { start: () => Promise.reject(Object.assign(new Error('failed to start'), { cause: status })) },
  };
  return new TemporalOrderProcess({ client: client as unknown as Client, eagerStart: false });
}

describe('what Temporal refuses', () => {
  test.each([
    ['RESOURCE_EXHAUSTED', 8, 'too_busy'],
    ['UNAVAILABLE', 14, 'not_ready'],
    ['DEADLINE_EXCEEDED', 4, 'not_ready'],
  ])('with %s is said in our own words, with when to come again', async (_, status, code) => {
    const start = answering(status).start('ord_1', DRAFT);
    await expect(start).rejects.toMatchObject({ code, context: { retryAfterSeconds: 1 } });
  });

  test('with anything else stays what it is', async () => {
    await expect(answering(3).start('ord_1', DRAFT)).rejects.toThrow('failed to start');
  });
});
