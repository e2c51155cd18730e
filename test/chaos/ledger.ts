import { type LedgerEntry } from '../support/sandbox-control';
import { type World } from '../support/world';

/** What a row of the points' ledger is in the words of a provider's; a payment is created by being spent. */
const POINTS_KINDS: Readonly<Record<string, readonly LedgerEntry['kind'][]>> = {
  spend: ['created', 'paid'],
  close: ['closed'],
  refund: ['refunded'],
};

/** What truly happened to the money at every gateway: the sandbox's ledger, and the points', which no provider keeps for us. */
export async function ledgerOf({ sandbox, prisma }: World): Promise<LedgerEntry[]> {
  const [rows, points] = await Promise.all([
    sandbox.ledger(),
    prisma.pointsEntry.findMany({ where: { merchantNo: { not: null } }, orderBy: { id: 'asc' } }),
  ]);
  return [...rows, ...points.flatMap(asLedger)];
}

type PointsRow = Awaited<ReturnType<World['prisma']['pointsEntry']['findMany']>>[number];

function asLedger({ id, kind, reference, delta, merchantNo, currency, createdAt }: PointsRow): LedgerEntry[] {
  const minor = Math.abs(Number(delta));
  return (POINTS_KINDS[kind] ?? []).map((as) => ({
    ...{ seq: Number(id), at: createdAt.toISOString(), gateway: 'points', merchantNo: merchantNo ?? '', kind: as },
    amount: { minor, currency: currency ?? '' },
    ...(kind === 'refund' ? { refundNo: reference } : {}),
  }));
}
