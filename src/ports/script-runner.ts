/** Runs scripts, each as a whole, over the keys that it names. */
export interface ScriptRunner {
  /** Rejects when there is no answer in time, and at once for a while after several such failures. */
  run(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** False while what runs them is spared after failures. */
  asking(): boolean;
  close(): void;
}
