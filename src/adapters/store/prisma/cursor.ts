import { HoldfastError } from '../../../domain/errors';
import { type Page } from '../../../ports/catalogue';

/** A keyset cursor: the id of the last item seen, opaque to clients. */
export function encodeCursor(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

/** Throws `validation_failed` for anything that is not a cursor of ours. */
export function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (id === '' || encodeCursor(id) !== cursor || !/^[\w.:-]+$/.test(id)) {
    throw new HoldfastError('validation_failed', 'the cursor is not one that this service gave out', {
      errors: [{ path: 'cursor', message: 'not a cursor of this service' }],
    });
  }
  return id;
}

/** Cuts a page out of `limit + 1` rows: the one too many says that there is more. */
export function pageOf<T extends { readonly id: string }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(last.id) : null };
}
