/** A promise that the test settles. */
export interface ByHand<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export function byHand<T = void>(): ByHand<T> {
  let settle: Omit<ByHand<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (!settle) throw new Error('a promise runs its executor at once');
  return { promise, ...settle };
}

// Taken before a test replaces the clock.
const nextTurn = setImmediate;

/** Lets everything run that waits for nothing outside: the promise reactions and immediates due so far. */
export function settled(): Promise<void> {
  return new Promise((resolve) => void nextTurn(() => nextTurn(resolve)));
}
