import { type ErrorCode, type ErrorContext } from '../../../domain/errors';
import {
  type Order,
  type OrderDraft,
  type PaymentAttempt,
  type PlaceOutcome,
  type TimelineFact,
} from '../../../domain/order';
import { type CloseReason } from '../../../domain/order-status';
import { type PaymentChoice } from '../../../domain/payment';
import { type Page } from '../../../ports/catalogue';
import { type IdempotencyKey } from '../../../ports/idempotency';
import {
  type AddAttemptOutcome,
  type AttemptToAdd,
  type ConfirmCommand,
  type ExtendCommand,
  type ExtendOutcome,
  type GatewayAnswer,
  type MoveOutcome,
  type OrderProgress,
  type OrderQuery,
  type OrderStore,
  type PaymentUpdate,
  type PlaceResult,
  type Placing,
  type ReleaseCommand,
  type ReleaseOutcome,
} from '../../../ports/order-store';
import { causedByOne, TRANSACTION_LIMITS } from './client';
import { decodeCursor, pageOf } from './cursor';
import { announce } from './events';
import { type Prisma, type PrismaClient } from './generated/client';
import { GroupCommit, type Settled } from './group-commit';
import { answerKeys, readKey } from './idempotency';
import { KeptLocks, rowsOfHolds, rowsOfOrders, rowsOfPlacings } from './kept-locks';
import { toOrder, WHOLE_ORDER } from './order-mapping';
import { addAttempt, attemptClosed, findPayment, openAttempts, paymentCreated } from './attempts';
import { extendWindow } from './order-extension';
import { moveBatch, type MoveCommand, type MoveKind } from './move-batch';
import { BEGIN_CLOSING, type ClosingCommand, CONFIRM, RELEASE } from './order-moves';
import { placeBatch } from './place';
import { isPlain, placeAtOnce } from './place-at-once';
import { SealingFailed } from './place-forms';
import { type PlaceContext } from './place-draft';
import { readProgress } from './progress';
import { Shelf } from './shelf';
import { readTimeline } from './timeline';

/** Orders per transaction: past this the statement's own time, not the commit, is what the last one waits for. */
const MAX_BATCH = 128;
/** One transaction commits while the next one fills; more of a kind would only wait for each other's counters. */
const LANES = 2;
/** In each queue. At the measured floor of 1,000 orders a second these wait 4 s at most; beyond, refusing is kinder than waiting. */
const MAX_WAITING = 4_000;

/**
 * Shops' HTTP clients give up after some ten seconds; an order for a caller who left would only be cancelled. A plain placing that was
 * not placed at once has waited in two queues; the time is that of both. The transactions' own time comes on top.
 */
const LONGEST_WAIT_MS = 10_000;

const LIMITS = { maxBatch: MAX_BATCH, lanes: LANES, maxWaiting: MAX_WAITING, longestWaitMs: LONGEST_WAIT_MS };

/** ISO 4217's code for "no currency": a rejected order was never priced. */
const NO_CURRENCY = 'XXX';

export class PrismaOrderStore implements OrderStore {
  private readonly placings: GroupCommit<Placing, PlaceResult>;
  /** Apart from the others, which would have them wait for more than the counters. */
  private readonly plainPlacings: GroupCommit<Placing, PlaceResult | null>;
  private readonly closings: GroupCommit<ClosingCommand, ReleaseOutcome>;
  private readonly confirms: GroupCommit<ConfirmCommand, ReleaseOutcome>;
  private readonly releases: GroupCommit<ReleaseCommand, ReleaseOutcome>;

  constructor(
    private readonly prisma: PrismaClient,
    private readonly context: PlaceContext,
  ) {
    const shelf = new Shelf();
    const locks = new KeptLocks(prisma);
    this.placings = placings(context, (all) =>
      locks.past(all, rowsOfPlacings, (batch) => placeBatch(prisma, batch, context)),
    );
    this.plainPlacings = placings(context, (all) =>
      locks.past(all, rowsOfPlacings, (batch) => placeAtOnce(prisma, batch, context, shelf)),
    );
    const moves = <C extends MoveCommand>(kind: MoveKind<C>, rowsOf = rowsOfHolds) =>
      new GroupCommit<C, ReleaseOutcome>({
        ...LIMITS,
        run: (all) => locks.past(all, rowsOf, (batch) => moveBatch(prisma, context.newId, kind, batch)),
        causedByOne,
      });
    this.closings = moves(BEGIN_CLOSING, rowsOfOrders);
    this.confirms = moves(CONFIRM);
    this.releases = moves(RELEASE);
  }

  async place(placing: Placing): Promise<PlaceResult> {
    const since = Date.now();
    const atOnce = isPlain(placing) ? await this.plainPlacings.submit(placing, since) : null;
    return atOnce ?? this.placings.submit(placing, since);
  }

  async earlierAnswer(key: IdempotencyKey): Promise<PlaceResult | null> {
    const state = await readKey<PlaceOutcome>(this.prisma, key);
    if (state?.t === 'answered') return { ...state.outcome, replayed: true };
    if (state?.t !== 'open') return state;
    const order = await this.find(state.resourceId);
    return order && { t: 'placed', order, replayed: true };
  }

  rememberAnswer(key: IdempotencyKey, order: Order): Promise<void> {
    return answerKeys(this.prisma, [{ ...key, outcome: { t: 'placed', order } }]);
  }

  async find(orderId: string): Promise<Order | null> {
    const row = await this.prisma.order.findUnique({ where: { id: orderId }, include: WHOLE_ORDER });
    return row && toOrder(row);
  }

  async list(query: OrderQuery): Promise<Page<Order>> {
    const rows = await this.prisma.order.findMany({
      where: {
        ...(query.buyerId === undefined ? {} : { buyerId: query.buyerId }),
        ...(query.status === undefined ? {} : { status: query.status }),
        ...(query.cursor === null ? {} : { id: { lt: decodeCursor(query.cursor) } }),
      },
      include: WHOLE_ORDER,
      orderBy: { id: 'desc' },
      take: query.limit + 1,
    });
    return pageOf(rows.map(toOrder), query.limit);
  }

  timeline(orderId: string): Promise<TimelineFact[]> {
    return readTimeline(this.prisma, orderId);
  }

  progress(orderId: string, paymentId?: string): Promise<OrderProgress | null> {
    return readProgress(this.prisma, orderId, paymentId ?? null);
  }

  async reject(orderId: string, draft: OrderDraft, why: { code: ErrorCode; context: ErrorContext }): Promise<void> {
    const now = new Date(this.context.now());
    const data = { from: 'placing', code: why.code, ...why.context } as unknown as Prisma.InputJsonObject;
    await this.prisma.$transaction(async (tx) => {
      const { count } = await tx.order.createMany({
        data: {
          id: orderId,
          buyerId: draft.buyerId,
          status: 'rejected',
          amount: 0,
          currency: NO_CURRENCY,
          payWith: draft.payWith,
          paymentWindowSeconds: draft.paymentWindowSeconds,
          payBy: now,
          createdAt: now,
          closedAt: now,
        },
        skipDuplicates: true,
      });
      if (count === 0) return;
      await tx.orderFact.create({ data: { orderId, kind: 'state', what: 'rejected', data } });
      await announce(tx, this.context.newId, 'OrderRejected', orderId, {
        orderId,
        buyerId: draft.buyerId,
        code: why.code,
      });
    }, TRANSACTION_LIMITS);
  }

  paymentCreated(answer: GatewayAnswer, update: PaymentUpdate): Promise<void> {
    return paymentCreated(this.prisma, answer, update);
  }

  async recordAnswer({ orderId, paymentId, op, outcome }: GatewayAnswer): Promise<void> {
    await this.prisma.orderFact.create({
      data: { orderId, kind: 'gateway', what: `${op}: ${outcome.t}`, data: { paymentId, ...outcome } },
    });
  }

  beginClosing(orderId: string, reason: CloseReason, note: string | null): Promise<MoveOutcome> {
    return neverHeld(this.closings.submit({ orderId, reason, note }));
  }

  findPayment(orderId: string, paymentId: string): Promise<PaymentAttempt | null> {
    return findPayment(this.prisma, orderId, paymentId);
  }

  addAttempt(next: AttemptToAdd): Promise<AddAttemptOutcome | null> {
    const { now } = this.context;
    return this.prisma.$transaction((tx) => addAttempt(tx, { ...next, now: now() }), TRANSACTION_LIMITS);
  }

  async keepChoice(orderId: string, paymentId: string, choice: PaymentChoice): Promise<void> {
    await this.prisma.paymentChoice.create({ data: { orderId, paymentId, ...choice } });
  }

  async dropChoice(paymentId: string): Promise<void> {
    await this.prisma.paymentChoice.deleteMany({ where: { paymentId } });
  }

  async choiceOf(paymentId: string): Promise<PaymentChoice | null> {
    const row = await this.prisma.paymentChoice.findUnique({ where: { paymentId } });
    return row && { method: row.method as PaymentChoice['method'], payerId: row.payerId };
  }

  openAttempts(orderId: string): Promise<readonly PaymentAttempt[]> {
    return openAttempts(this.prisma, orderId);
  }

  attemptClosed(paymentId: string): Promise<void> {
    return attemptClosed(this.prisma, paymentId);
  }

  async escalate(orderId: string, lastAnswer: string): Promise<void> {
    await this.prisma.orderFact.create({ data: { orderId, kind: 'action', what: 'escalated', data: { lastAnswer } } });
  }

  confirm(command: ConfirmCommand): Promise<MoveOutcome> {
    return neverHeld(this.confirms.submit(command));
  }

  release(command: ReleaseCommand): Promise<ReleaseOutcome> {
    return this.releases.submit(command);
  }

  extendWindow(command: ExtendCommand): Promise<ExtendOutcome> {
    return this.prisma.$transaction((tx) => extendWindow(tx, command), TRANSACTION_LIMITS);
  }

  async answeredPayments(orderIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.prisma.payment.findMany({
      where: { orderId: { in: [...orderIds] }, status: 'creating' },
      select: { orderId: true },
    });
    const waiting = new Set(rows.map((row) => row.orderId));
    return new Set(orderIds.filter((orderId) => !waiting.has(orderId)));
  }
}

function placings<R>(
  { placings: observer }: PlaceContext,
  run: (batch: readonly Placing[]) => Promise<Settled<R>[]>,
): GroupCommit<Placing, R> {
  return new GroupCommit({
    ...{ ...LIMITS, run },
    ...(observer && { observer }),
    causedByOne: (error) => error instanceof SealingFailed || causedByOne(error),
  });
}

/** Of a move that no mark for manual handling stops. */
async function neverHeld(moving: Promise<ReleaseOutcome>): Promise<MoveOutcome> {
  const outcome = await moving;
  if (outcome.t === 'held') throw new Error('a move that nothing stops was stopped');
  return outcome;
}
