import { randomBytes } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type OrderActivities } from '../../activities';
import { createNewId } from '../../src/adapters/ids/ulid';
import { connectTemporal, type TemporalConnection } from '../../src/adapters/process/temporal/connect';
import { createWorkers } from '../../src/adapters/process/temporal/worker';
import { orderWorkflowId, paymentReceived, type PaymentReceived, switchPayment } from '../../workflows/order/contract';
import { testEnvironment } from '../support/environment';
import { recordWorkflow } from '../support/histories';
import { until } from '../support/until';

const HELD = {
  status: 'awaiting_payment',
  payBy: '2100-01-01T00:00:00.000Z',
  closeReason: null,
  payment: null,
  switched: false,
} as const;

/** The database is away for longer than the quick tries last. */
function awayAtFirst(): void {
  if (Context.current().info.isLocal) throw new Error('no connection');
}

describe('the order workflow on activities of the test', () => {
  let temporal: TemporalConnection;
  beforeAll(async () => {
    const { temporalAddress, temporalNamespace } = testEnvironment();
    temporal = await connectTemporal({ connection: { address: temporalAddress }, namespace: temporalNamespace });
  });
  afterAll(() => temporal.close());

  const told = (transactionId: string): PaymentReceived => ({
    paymentId: 'pay_1',
    paid: { transactionId, amount: { minor: 1000, currency: 'CNY' }, paidAt: '2026-01-01T00:00:00.000Z' },
  });

  /** Starts an order that is told of these payments before any worker runs. */
  async function started(taskQueue: string, transactionIds: readonly [string, ...string[]]) {
    const [first, ...others] = transactionIds;
    const workflow = await temporal.client.workflow.signalWithStart('orderWorkflow', {
      workflowId: orderWorkflowId(createNewId(Date.now)('order')),
      taskQueue,
      args: [{ buyerId: 'buyer_1', lines: [] }],
      signal: paymentReceived,
      signalArgs: [told(first)],
    });
    for (const transactionId of others) await workflow.signal(paymentReceived, told(transactionId));
    return workflow;
  }

  /** Runs workers with these activities for as long as the work takes. */
  async function working(taskQueue: string, activities: Partial<OrderActivities>, work: () => Promise<void>) {
    const workers = await createWorkers({
      ...{
        connection: temporal.connection,
        namespace: temporal.namespace,
        taskQueue,
        activities,
        // A worker must have something to do; nobody asks for it here.
        reconcileActivities: activities,
      },
      workflows: { bundle: { codePath: testEnvironment().workflowBundlePath } },
      cachedWorkflows: 100,
    });
    const running = workers.map((worker) => worker.run());
    try {
      await work();
    } finally {
      workers.forEach((worker) => worker.shutdown());
      await Promise.all(running);
    }
  }

  const queue = () => `alone-${randomBytes(4).toString('hex')}`;

  it('a database step that keeps failing is repeated as an ordinary activity: the order outlives the outage', async () => {
    const taskQueue = queue();
    const activities: Partial<OrderActivities> = {
      holdStock: () => Promise.resolve(HELD),
      confirmStock: ({ paid }) => {
        awayAtFirst();
        return Promise.resolve({ status: 'paid', kept: paid.transactionId });
      },
    };
    const workflow = await started(taskQueue, ['t1']);
    await working(taskQueue, activities, async () => {
      expect(await workflow.result()).toMatchObject({ status: 'paid' });
    });
    const { events } = await workflow.fetchHistory();
    const ordinary = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    expect(ordinary.filter(Boolean)).toEqual(['confirmStock']);
  });

  it('a verdict of a database step is repeated by nobody', async () => {
    const taskQueue = queue();
    let asked = 0;
    const activities: Partial<OrderActivities> = {
      holdStock: () => {
        asked += 1;
        throw ApplicationFailure.create({ message: 'no', type: 'VALIDATION_FAILED', nonRetryable: true });
      },
    };
    const workflow = await started(taskQueue, ['t1']);
    await working(taskQueue, activities, () =>
      expect(workflow.result()).rejects.toMatchObject({ cause: { type: 'VALIDATION_FAILED' } }),
    );
    expect(asked).toBe(1);
  });

  it.each([
    ['waits for the hold, and then offers the payment', null, 'switched-first'],
    ['offers the payment at once where the order stands as it was placed', HELD.payBy, 'as-placed-switched-first'],
  ])('a switch that is what starts the workflow %s', async (_what, payBy, branch) => {
    const taskQueue = queue();
    const looked: string[] = [];
    const activities: Partial<OrderActivities> = {
      holdStock: ({ orderId }) => {
        looked.push(orderId);
        return Promise.resolve(HELD);
      },
      addAttempt: ({ paymentId, gateway }) => Promise.resolve({ id: paymentId, gateway }),
      createPayment: () => Promise.resolve(null),
      confirmStock: ({ paid }) => Promise.resolve({ status: 'paid', kept: paid.transactionId }),
      openAttempts: () => Promise.resolve([]),
    };
    const orderId = createNewId(Date.now)('order');
    const workflowId = orderWorkflowId(orderId);
    const paymentId = createNewId(Date.now)('payment');
    const input = { buyerId: 'buyer_1', lines: [], ...(payBy !== null && { placed: { orderId, payBy } }) };
    const workflow = temporal.client.workflow.getHandle(workflowId);
    const reply = temporal.client.workflow.executeUpdateWithStart(switchPayment, {
      args: [{ gateway: 'wechat', paymentId }],
      startWorkflowOperation: new WithStartWorkflowOperation('orderWorkflow', {
        ...{ workflowId, taskQueue, args: [input] },
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    });
    // No worker yet: the first task brings both the start and the command.
    await until('the workflow is there', () => workflow.describe().catch(() => null));
    await working(taskQueue, activities, async () => {
      expect(await reply).toEqual({ t: 'offered', paymentId });
      await workflow.signal(paymentReceived, told('t1'));
      expect(await workflow.result()).toMatchObject({ status: 'paid' });
    });
    expect(looked).toEqual(payBy === null ? [orderId] : []);
    await recordWorkflow({ temporal }, workflowId, branch);
  });

  it.each([
    ['closing', { closing: { asked: 1, since: 0, escalated: true, lastAnswer: 'unknown', retryAfterMs: 0 } }],
    ['closing of other attempts', { closingOthers: { asked: 0, kept: 't1' } }],
  ])(
    'a %s that goes on in a new run looks at the record, as whatever the order was started with is over',
    async (_what, goesOn) => {
      const taskQueue = queue();
      const orderId = createNewId(Date.now)('order');
      const input = { buyerId: 'buyer_1', lines: [], placed: { orderId, payBy: HELD.payBy }, ...goesOn };
      const workflow = await temporal.client.workflow.start('orderWorkflow', {
        ...{ workflowId: orderWorkflowId(orderId), taskQueue, args: [input] },
      });
      const activities: Partial<OrderActivities> = {
        holdStock: () => Promise.resolve({ ...HELD, status: 'paid' }),
        openAttempts: () => Promise.resolve([]),
      };
      await working(taskQueue, activities, async () => {
        expect(await workflow.result()).toMatchObject({ status: 'paid' });
      });
    },
  );

  it('two switches that wait for the hold take their turns, and each hears of its own attempt', async () => {
    const taskQueue = queue();
    const activities: Partial<OrderActivities> = {
      holdStock: () => Promise.resolve(HELD),
      addAttempt: ({ paymentId, gateway }) => Promise.resolve({ id: paymentId, gateway }),
      createPayment: () => Promise.resolve(null),
      closePayment: () => Promise.resolve({ t: 'unpayable', proof: 'ack' }),
      confirmStock: ({ paid }) => Promise.resolve({ status: 'paid', kept: paid.transactionId }),
      openAttempts: () => Promise.resolve([]),
    };
    const newId = createNewId(Date.now);
    const workflow = await temporal.client.workflow.start('orderWorkflow', {
      ...{ workflowId: orderWorkflowId(newId('order')), taskQueue, args: [{ buyerId: 'buyer_1', lines: [] }] },
    });
    const asked = (['wechat', 'alipay'] as const).map((gateway) => ({ gateway, paymentId: newId('payment') }));
    const replies = Promise.all(asked.map((next) => workflow.executeUpdate(switchPayment, { args: [next] })));
    await working(taskQueue, activities, async () => {
      expect(await replies).toEqual(asked.map(({ paymentId }) => ({ t: 'offered', paymentId })));
      await workflow.signal(paymentReceived, told('t1'));
      expect(await workflow.result()).toMatchObject({ status: 'paid' });
    });
    await recordWorkflow({ temporal }, workflow.workflowId, 'two-switches-first');
  });

  it('a payment told while the window’s end looks for the record is taken, and nothing is closed', async () => {
    const taskQueue = queue();
    const orderId = createNewId(Date.now)('order');
    const payBy = new Date().toISOString();
    const input = { buyerId: 'buyer_1', lines: [], placed: { orderId, payBy } };
    const workflow = await temporal.client.workflow.start('orderWorkflow', {
      ...{ workflowId: orderWorkflowId(orderId), taskQueue, args: [input] },
    });
    let looking = false;
    let closing = false;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const activities: Partial<OrderActivities> = {
      holdStock: async () => {
        // As a local activity it would hold the workflow's task, and the signal with it.
        awayAtFirst();
        looking = true;
        await gate;
        return { ...HELD, payBy };
      },
      beginClosing: () => {
        closing = true;
        return Promise.resolve({ status: 'cancelled', escalateAfterMs: 0 });
      },
      confirmStock: ({ paid }) => Promise.resolve({ status: 'paid', kept: paid.transactionId }),
    };
    await working(taskQueue, activities, async () => {
      await until('the record is looked for', () => looking).catch((error: unknown) => {
        letGo();
        throw error;
      });
      await workflow.signal(paymentReceived, told('t1')).finally(letGo);
      expect(await workflow.result()).toMatchObject({ status: 'paid' });
    });
    expect(closing).toBe(false);
  });

  it('a payment told while another is put aside is put aside as well, before the workflow ends', async () => {
    const taskQueue = queue();
    const putAside: string[] = [];
    let held = false;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const activities: Partial<OrderActivities> = {
      holdStock: () => Promise.resolve(HELD),
      confirmStock: ({ paid }) => Promise.resolve({ status: 'paid', kept: paid.transactionId }),
      keepLatePayment: async ({ paid: { transactionId } }) => {
        // As a local activity it would hold the workflow's task, and the signal with it.
        awayAtFirst();
        held = true;
        if (transactionId === 't2') await gate;
        putAside.push(transactionId);
      },
    };
    const workflow = await started(taskQueue, ['t1', 't2']);
    await working(taskQueue, activities, async () => {
      await until('the second is being put aside', () => held).catch((error: unknown) => {
        letGo();
        throw error;
      });
      await workflow.signal(paymentReceived, told('t3'));
      await until('the third is in the history', async () => {
        const { events } = await workflow.fetchHistory();
        return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length === 3;
      }).finally(letGo);
      expect(await workflow.result()).toMatchObject({ status: 'paid' });
    });
    expect(putAside).toEqual(['t2', 't3']);
  });
});
