/** How many there are of something that should pass, and how old the oldest is, in seconds; 0 where there is none. */
export interface Standing {
  readonly count: number;
  readonly oldestSeconds: number;
}

/** What waits in the database, for whoever watches: each answer is one statement over rows that are few while all is well. */
export interface Standings {
  /** Orders whose gateway has not proved yet that nobody can pay; age since closing began. */
  closing(): Promise<Standing>;
  /** The same, for longer than that many seconds. */
  closingLongerThan(seconds: number): Promise<number>;
  /** Orders, refunds and late payments whose workflow is not started yet. */
  startIntents(): Promise<Standing>;
  /** Payments told to us whose orders have not been told yet. */
  inbox(): Promise<Standing>;
  /** Refunds that are not settled, by state. */
  unsettledRefunds(): Promise<readonly (readonly [string, number])[]>;
}
