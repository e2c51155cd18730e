/** Counts by name, printed in the names' order. */
export class Tally {
  private readonly counts = new Map<string, number>();

  add(name: string, times = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  addAll(other: Tally): void {
    other.counts.forEach((times, name) => this.add(name, times));
  }

  /** What was counted, in the names' order. */
  get names(): string[] {
    return [...this.counts].flatMap(([name, times]) => (times > 0 ? [name] : [])).sort();
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, times) => sum + times, 0);
  }

  toString(): string {
    const named = [...this.counts].filter(([, times]) => times > 0).sort(([a], [b]) => (a < b ? -1 : 1));
    return named.map(([name, times]) => `${name} ${times}`).join(', ') || 'none';
  }
}
