/** Undoes what was started, in reverse, once. A part that fails to stop does not keep the others from stopping. */
export class Teardown {
  private readonly undos: (() => Promise<void>)[] = [];
  private running: Promise<void> | null = null;

  /** What is added while, or after, the rest was undone (a start that was interrupted) is undone at once. */
  add(undo: () => Promise<void>): void {
    if (!this.running) this.undos.push(undo);
    else this.running = Promise.all([this.running, undo()]).then(() => undefined);
  }

  run(): Promise<void> {
    this.running ??= this.unwind();
    return this.running;
  }

  private async unwind(): Promise<void> {
    const failures: unknown[] = [];
    for (const undo of this.undos.reverse()) await undo().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'parts of the service did not stop cleanly');
  }
}
