import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Alert, ALERTS } from '../ports/alert';
import { type Logger } from '../ports/logger';

/** Values by their label. */
type Labelled = Iterable<readonly [string, number]>;

export interface Metrics {
  readonly contentType: string;
  /** The exposition text for Prometheus. */
  metrics(): Promise<string>;
  /** Reads a value at every scrape. */
  gauge(name: string, help: string, read: () => Promise<number>): void;
  /** The same for several things at once: `read` gives a value for each value of the label. */
  gaugePer(label: string, name: string, help: string, read: () => Labelled | Promise<Labelled>): void;
  /** Answers what counts on. */
  counter(name: string, help: string): (count: number) => void;
  /** The same by labels, whose values are few. */
  counterPer<L extends string>(labels: readonly L[], name: string, help: string): (values: Record<L, string>) => void;
  /** Answers what is told a size, in the unit of the name, by labels whose values are few. */
  histogramPer<L extends string>(
    labels: readonly L[],
    name: string,
    help: string,
    buckets: readonly number[],
  ): (values: Record<L, string>, size: number) => void;
  /** Adds another exposition, read at every scrape: a library's own. What can't be read is left out. */
  append(read: () => Promise<string>): void;
  /** Logs an error and counts it. */
  readonly alert: Alert;
}

/** Metrics of one process, in a registry of their own. */
export function createMetrics(log: Logger): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const alerts = new Counter({
    name: 'holdfast_alerts_total',
    help: 'Events that a person has to look at, by kind',
    labelNames: ['what'],
    registers: [registry],
  });
  ALERTS.forEach((what) => alerts.inc({ what }, 0));
  const others: (() => Promise<string>)[] = [];
  return {
    contentType: registry.contentType,
    metrics: async () => {
      const appended = others.map((read) => read().catch(() => ''));
      return (await Promise.all([registry.metrics(), ...appended])).filter((text) => text !== '').join('\n');
    },
    append: (read) => void others.push(read),
    gauge: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await read().catch(() => Number.NaN));
        },
      });
    },
    gaugePer: (label, name, help, read) => {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [registry],
        async collect() {
          // What could not be read is left out: an earlier value would look like the present.
          const values = await Promise.resolve(read()).catch((): Labelled => []);
          this.reset();
          for (const [value, number] of values) this.set({ [label]: value }, number);
        },
      });
    },
    counter: (name, help) => {
      const counter = new Counter({ name, help, registers: [registry] });
      return (count) => counter.inc(count);
    },
    counterPer: (labels, name, help) => {
      const counter = new Counter({ name, help, labelNames: labels, registers: [registry] });
      return (values) => counter.inc(values);
    },
    histogramPer: (labels, name, help, buckets) => {
      const histogram = new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [registry] });
      return (values, size) => histogram.observe(values, size);
    },
    alert: (what, context) => {
      alerts.inc({ what });
      log.error({ alert: what, ...context }, `alert: ${what}`);
    },
  };
}
