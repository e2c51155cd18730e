import { type EventEnvelope } from '../../../src/domain/events';
import { MOST_WEBHOOK_ENDPOINTS } from '../../../src/domain/webhook-endpoint';
import { type DeadLetters } from '../../../src/ports/event-consumer';
import { type EventFeed, type FeedPage, type FeedQuery } from '../../../src/ports/event-feed';
import { type WebhookEndpoint, type WebhookEndpoints, type WebhookTarget } from '../../../src/ports/webhook-endpoints';

/** A feed of cancelled and paid orders, taking turns. */
export class FakeFeed implements Pick<EventFeed, 'read'> {
  readonly events: EventEnvelope[] = [];
  readonly asked: FeedQuery[] = [];

  read(query: FeedQuery): Promise<FeedPage> {
    this.asked.push(query);
    const { after, types, limit } = query;
    const events = this.events
      .filter(({ position, type }) => BigInt(position) > BigInt(after) && (types?.includes(type) ?? true))
      .slice(0, limit);
    return Promise.resolve({ events, upTo: events.at(-1)?.position ?? after });
  }
}

/** One consumer, `shipping-notice`, that gave up on three events. */
export class FakeDeadLetters implements DeadLetters {
  readonly replayed: string[] = [];

  counts(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map([['shipping-notice', 3]]));
  }

  replay(consumer: string): Promise<number | null> {
    if (consumer !== 'shipping-notice') return Promise.resolve(null);
    this.replayed.push(consumer);
    return Promise.resolve(3);
  }
}

export class FakeWebhookEndpoints implements WebhookEndpoints {
  readonly endpoints = new Map<string, WebhookEndpoint>();

  create({ url, types }: WebhookTarget): Promise<{ endpoint: WebhookEndpoint; secret: string } | null> {
    if (this.endpoints.size >= MOST_WEBHOOK_ENDPOINTS) return Promise.resolve(null);
    const endpoint: WebhookEndpoint = {
      ...{ id: `whe_${this.endpoints.size + 1}`, url, types, state: 'active', lastError: null, nextTryAt: null },
      ...{ position: '7', lag: 0, createdAt: '2026-01-01T00:00:00.000Z' },
    };
    this.endpoints.set(endpoint.id, endpoint);
    return Promise.resolve({ endpoint, secret: 'whsec_of_the_fake' });
  }

  find(id: string): Promise<WebhookEndpoint | null> {
    return Promise.resolve(this.endpoints.get(id) ?? null);
  }

  list(): Promise<WebhookEndpoint[]> {
    return Promise.resolve([...this.endpoints.values()]);
  }

  update(id: string, { url, types, enabled }: WebhookTarget & { enabled: boolean }): Promise<WebhookEndpoint | null> {
    return this.change(id, { url, types, state: enabled ? 'active' : 'disabled' });
  }

  remove(id: string): Promise<boolean> {
    return Promise.resolve(this.endpoints.delete(id));
  }

  replay(id: string, after: string): Promise<WebhookEndpoint | null> {
    return this.change(id, { position: after });
  }

  private change(id: string, change: Partial<WebhookEndpoint>): Promise<WebhookEndpoint | null> {
    const before = this.endpoints.get(id);
    if (!before) return Promise.resolve(null);
    const endpoint = { ...before, ...change };
    this.endpoints.set(id, endpoint);
    return Promise.resolve(endpoint);
  }
}
