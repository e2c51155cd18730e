import { type OperatorAction } from '../../../src/domain/operator-action';
import { type MarkCommand, type OperatorActionRecord, type OperatorActions } from '../../../src/ports/operator-actions';
import { OrderDesk, type OrderDeskDeps } from '../../../src/operate/index';

function left(id: string, orderId: string, action: OperatorAction): OperatorActionRecord {
  return {
    ...{ id, orderId, action, reason: 'left half-way', requestedAt: '2026-11-21T12:00:00.000Z', state: 'executing' },
    ...{ approvedBy: null, decidedAt: null, approveBy: null, result: null },
    requestedBy: { id: 'op_1', name: 'Ann', roles: ['operator'] },
  };
}

describe('actions that were left half-way', () => {
  it('of one order are done one after another, of several side by side', async () => {
    const begun: string[] = [];
    const letGo: (() => void)[] = [];
    const actions: Partial<OperatorActions> = {
      expire: () => Promise.resolve(0),
      claim: () =>
        Promise.resolve([
          left('act_1', 'ord_1', { kind: 'manual' }),
          left('act_2', 'ord_1', { kind: 'resume' }),
          left('act_3', 'ord_2', { kind: 'manual' }),
        ]),
      mark: async ({ actionId }: MarkCommand) => {
        begun.push(actionId);
        await new Promise<void>((resolve) => letGo.push(resolve));
        return 'overtaken';
      },
      settle: (id) => Promise.resolve(left(id, 'ord_1', { kind: 'manual' })),
    };
    const deps = {
      actions,
      orders: { find: (id: string) => Promise.resolve({ id, status: 'awaiting_payment' }) },
      now: () => 0,
      log: { warn: (_: unknown, message: string) => begun.push(message) },
    } as unknown as OrderDeskDeps;
    const resumed = new OrderDesk(deps).resume();
    const rounds: string[][] = [];
    while (rounds.flat().length < 3) {
      await new Promise(setImmediate);
      rounds.push(begun.splice(0));
      letGo.splice(0).forEach((go) => go());
    }
    expect(await resumed).toBe(true);
    expect(rounds.filter((round) => round.length > 0)).toEqual([['act_1', 'act_3'], ['act_2']]);
  });
});
