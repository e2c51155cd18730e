import { idFrom, type IdKind } from '../../../domain/ids';
import { type Finding, type SubjectKind } from '../../../domain/reconcile';
import { type Examined, type Scope } from '../../../ports/reconciliation';
import { Prisma } from './generated/client';

/** Which rows a statement is to look at: those behind `after` in the order of their keys, or exactly `ids`. */
export interface Slice {
  readonly after: string;
  readonly ids: readonly string[] | null;
  readonly limit: number;
  readonly window: { readonly from: string; readonly to: string } | null;
}

/** A row that was compared: its key, and what does not agree about it. */
export interface Compared {
  readonly key: string;
  readonly findings: readonly Finding[];
}

/** One comparison among those of a class; their subjects' kinds tell them apart. */
export interface Stage {
  readonly kind: SubjectKind;
  /** Rows per statement, so that none of them takes long. */
  readonly page: number;
  read(slice: Slice): Promise<readonly Compared[]>;
}

/** Runs the stages one after another: the cursor is `<stage>:<key>`. */
export async function examineStages(stages: readonly Stage[], scope: Scope): Promise<Examined> {
  if (scope.t === 'subjects') return again(stages, scope.subjects);
  const [place = '0', ...rest] = (scope.after ?? '0:').split(':');
  const index = Number(place);
  const stage = stages[index];
  if (!stage) return { checked: 0, findings: [], next: null };
  const rows = await stage.read({ after: rest.join(':'), ids: null, limit: stage.page, window: scope.window });
  const last = rows.at(-1);
  const more = rows.length >= stage.page && last ? `${index}:${last.key}` : null;
  const following = index + 1 < stages.length ? `${index + 1}:` : null;
  return { checked: rows.length, findings: rows.flatMap(({ findings }) => findings), next: more ?? following };
}

async function again(
  stages: readonly Stage[],
  subjects: readonly { kind: SubjectKind; id: string }[],
): Promise<Examined> {
  const looks = await Promise.all(
    stages.map(async (stage) => {
      const ids = subjects.filter(({ kind }) => kind === stage.kind).map(({ id }) => id);
      return ids.length === 0 ? [] : stage.read({ after: '', ids, limit: ids.length, window: null });
    }),
  );
  const rows = looks.flat();
  return { checked: rows.length, findings: rows.flatMap(({ findings }) => findings), next: null };
}

/** The condition on the key, and, on a page, the further one on what is worth looking at. */
export function within(key: Prisma.Sql, { after, ids }: Slice, worth: Prisma.Sql = Prisma.sql`true`): Prisma.Sql {
  return ids === null ? Prisma.sql`${key} > ${after} AND (${worth})` : Prisma.sql`${key} = ANY(${[...ids]}::text[])`;
}

/** Sorts and limits a page by its key. */
export function inOrder(key: Prisma.Sql, { limit }: Slice): Prisma.Sql {
  return Prisma.sql`ORDER BY ${key} LIMIT ${limit}`;
}

/** PostgreSQL's sums and counts, as findings tell them. */
export const num = (value: bigint | null): number => Number(value ?? 0n);

/** Orders wait for a day at most; what is closed within the window was made little before it. */
const LONGEST_LIFE_MS = 3 * 24 * 3_600_000;

/** The least id of something that was made so long before the window that nothing of it can have ended within. */
export function floorOf(kind: IdKind, { window }: Slice): string {
  if (!window) return '';
  return idFrom(kind, Math.max(0, Date.parse(window.from) - LONGEST_LIFE_MS), () => 0);
}
