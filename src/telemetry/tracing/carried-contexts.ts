import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';

/** Requests whose consequence is not delivered yet: more than are ever under way, a few hundred bytes each. */
const MOST = 10_000;

/**
 * Where the trace of something stands between the request that wrote it and the dispatcher that delivers it, which runs in
 * nobody's request. In memory: what another process delivers, or this one after a restart, begins a trace of its own.
 */
export class CarriedContexts {
  private readonly byKey = new Map<string, Context>();

  /** Remembers where the current step stands, under the id of what it wrote. */
  keep(key: string): void {
    if (this.byKey.size >= MOST) this.byKey.delete(this.byKey.keys().next().value ?? '');
    this.byKey.set(key, context.active());
  }

  /** Goes on from there; from nowhere, where nothing is remembered. */
  async resume<T>(key: string, deliver: () => Promise<T>): Promise<T> {
    const kept = this.byKey.get(key) ?? ROOT_CONTEXT;
    const result = await context.with(kept, deliver);
    this.byKey.delete(key);
    return result;
  }

  /** What is started here belongs to no request, whoever woke it. */
  apart<T>(start: () => T): T {
    return context.with(ROOT_CONTEXT, start);
  }
}
