import { type Pace } from '../lib/load/protocol';
import { type Goal, type Run } from '../lib/report/model';
import { type Stage } from '../lib/stage';
import { type OrderShape, type Shop } from '../shops/shop';

/** What one point of a curve is measured with. */
export interface Point {
  readonly shop: Shop;
  readonly skus: number;
  readonly shape: OrderShape;
  readonly pace: Pace;
  /** What else is measured and must hold after each run. */
  readonly afterwards?: () => Promise<Pick<Run, 'metrics' | 'checks'>>;
}

/** The point at which all axes but one stand. */
export interface Usual {
  readonly skus: number;
  readonly callers: number;
}

/** One thing that grows while everything else stays. */
export interface Axis {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly points: readonly number[];
  readonly quickPoints: readonly number[];
  /** What the last point's rate has to be of the first one's. */
  readonly goal: Goal | null;
  /** Sets the stage for the points, all of them before any is measured. */
  open(stage: Stage, points: readonly number[], usual: Usual): Promise<ReadonlyMap<number, Point>>;
}
