/** What every part of the console's contract has. */

export interface PageOf<T> {
  readonly items: readonly T[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

export type { Actor as ActorView, Role as ConsoleRole } from '../domain/access';
