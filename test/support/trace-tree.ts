import { type ReadableSpan } from '@opentelemetry/sdk-trace-node';

/** A span with those within it, in the order in which they began. */
export interface SpanTree {
  readonly span: ReadableSpan;
  readonly children: readonly SpanTree[];
}

/** The spans of one trace as trees; more than one where a parent was not collected. */
export function treesOf(spans: readonly ReadableSpan[]): SpanTree[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const sorted = [...spans].sort((a, b) => beginOf(a) - beginOf(b));
  const grow = (parent: string | undefined): SpanTree[] =>
    sorted
      .filter(
        ({ parentSpanId }) =>
          (parentSpanId !== undefined && ids.has(parentSpanId) ? parentSpanId : undefined) === parent,
      )
      .map((span) => ({ span, children: grow(span.spanContext().spanId) }));
  return grow(undefined);
}

/** Milliseconds since 1970. */
export function beginOf({ startTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1_000 + nanos / 1e6;
}

/** A line per span: when it began after the first, how long it took, what it was. */
export function drawTree(tree: SpanTree, from: number = beginOf(tree.span), indent = ''): string {
  const { span, children } = tree;
  const [seconds, nanos] = span.duration;
  const at = `${Math.round(beginOf(span) - from)} ms`.padStart(9);
  const took = `${(seconds * 1_000 + nanos / 1e6).toFixed(1)} ms`.padStart(11);
  const line = `${at} ${took}  ${indent}${span.name}`;
  return [line, ...children.map((child) => drawTree(child, from, `${indent}  `))].join('\n');
}
