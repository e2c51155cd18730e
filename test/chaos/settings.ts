/** The seed of every run of the tests; a second one comes from the environment. */
const FIXED_SEED = 20_260_101;
/** About a minute on two cores. */
const ORDERS = 60;

/** Ends a run that hangs; a run waits for its own facts far less long. */
export const TIME_LIMIT_MS = 900_000;

export interface ChaosSettings {
  readonly seeds: readonly number[];
  readonly orders: number;
}

/**
 * `HOLDFAST_TEST_SEED`: a further seed beside the fixed one. `HOLDFAST_CHAOS_SEEDS` (comma-separated): these seeds and no
 * other. `HOLDFAST_CHAOS_ORDERS`: how many orders each.
 * @throws RangeError naming the variable that is no list of whole numbers.
 */
export function chaosSettings(env: NodeJS.ProcessEnv): ChaosSettings {
  const only = numbers(env, 'HOLDFAST_CHAOS_SEEDS');
  const seeds = only.length > 0 ? only : [...new Set([FIXED_SEED, ...numbers(env, 'HOLDFAST_TEST_SEED')])];
  return { seeds, orders: numbers(env, 'HOLDFAST_CHAOS_ORDERS')[0] ?? ORDERS };
}

function numbers(env: NodeJS.ProcessEnv, name: string): number[] {
  const given = env[name] ?? '';
  if (given === '') return [];
  return given.split(',').map((text) => {
    if (!/^\d{1,9}$/.test(text)) throw new RangeError(`${name} must be whole numbers of up to 9 digits, got ${given}`);
    return Number(text);
  });
}
