import { HoldfastError } from '../../domain/errors';
import { type PointsEntry } from '../../ports/points-store';
import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import { idempotencyOf, keyRefused } from '../idempotency';
import {
  adjustedPointsSchema,
  pointsAccountSchema,
  pointsAdjustmentSchema,
  type PointsEntryAnswer,
  pointsQuerySchema,
} from '../schemas/points';

const TAG = 'Points';
const PATH = '/v1/buyers/{id}/points';

/** `/v1/buyers/{id}/points`. */
export function pointsRoutes(deps: AppDeps): Endpoint[] {
  return [read(deps), adjust(deps)];
}

function read({ points }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: PATH,
    tag: TAG,
    summary: 'Read a buyer’s points and their ledger, newest first.',
    access: ['read', 'orders', 'operate'],
    unknownId: 'not_found',
    query: pointsQuerySchema,
    errors: [],
    answers: { 200: { description: 'The points; none of a buyer who never had any.', schema: pointsAccountSchema } },
    handle: async ({ params: { id = '' }, query: { cursor, limit } }) => {
      const { buyerId, balance, held, ledger } = await points.account(id, { cursor: cursor ?? null, limit });
      const body = { buyerId, balance, held, ledger: ledger.items.map(presentEntry), nextCursor: ledger.nextCursor };
      return { status: 200, body };
    },
  });
}

function adjust({ points, newId }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: PATH,
    tag: TAG,
    summary: 'Give or take points, through the ledger.',
    access: ['operate'],
    unknownId: 'not_found',
    idempotencyKey: 'optional',
    body: { schema: pointsAdjustmentSchema },
    errors: ['insufficient_points', 'points_limit_exceeded'],
    answers: {
      200: {
        description: 'The points as they were right after; a repeat of the key answers the same.',
        schema: adjustedPointsSchema,
      },
    },
    handle: async (call) => {
      const { id: buyerId = '' } = call.params;
      const { delta, reason } = call.body;
      const key = idempotencyOf(call, `POST /v1/buyers/${buyerId}/points`, call.body);
      const outcome = await points.adjust({ reference: newId('adjustment'), buyerId, delta, reason }, key);
      switch (outcome.t) {
        case 'adjusted':
          return { status: 200, body: { buyerId, balance: outcome.balance, entry: presentEntry(outcome.entry) } };
        case 'insufficient':
          throw new HoldfastError('insufficient_points');
        case 'tooMany':
          throw new HoldfastError('points_limit_exceeded');
        case 'reused':
        case 'inProgress':
          throw keyRefused(outcome);
      }
    },
  });
}

function presentEntry({ at, kind, delta, balance, merchantNo, reference, reason }: PointsEntry): PointsEntryAnswer {
  return { at, kind, delta, balance, merchantNo, reference, reason };
}
