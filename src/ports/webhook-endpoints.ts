import { type EventEnvelope, type EventType } from '../domain/events';
import { type Failures, type Setback, type WebhookState } from '../domain/webhook-endpoint';

/** An address that a shop has events sent to. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  /** Null: all. */
  readonly types: readonly EventType[] | null;
  readonly state: WebhookState;
  /** Why the last delivery failed: a status or a network error, nothing of what was answered. Null while all is well. */
  readonly lastError: string | null;
  /** RFC 3339; null unless `failing`. */
  readonly nextTryAt: string | null;
  /** Everything up to here was delivered. */
  readonly position: string;
  /** Events of the feed behind it, of whatever type. */
  readonly lag: number;
  /** RFC 3339. */
  readonly createdAt: string;
}

export type WebhookTarget = Pick<WebhookEndpoint, 'url' | 'types'>;

/** Endpoints as shops manage them. Each keeps a place in the feed from its creation on, whatever its state: nothing is lost. */
export interface WebhookEndpoints {
  /** Null: there are as many as there may be. The secret is answered here and never again. */
  create(target: WebhookTarget): Promise<{ readonly endpoint: WebhookEndpoint; readonly secret: string } | null>;
  find(id: string): Promise<WebhookEndpoint | null>;
  list(): Promise<readonly WebhookEndpoint[]>;
  /** `enabled` makes it active again, whatever it was, and tries at once; otherwise it is disabled. */
  update(id: string, change: WebhookTarget & { readonly enabled: boolean }): Promise<WebhookEndpoint | null>;
  /** False: there is none of that id. */
  remove(id: string): Promise<boolean>;
  /** Delivers again from behind `after` on. What is being delivered at that moment may come twice. */
  replay(id: string, after: string): Promise<WebhookEndpoint | null>;
}

/** An endpoint with something to deliver, as the deliverer sees it. */
export interface DueEndpoint {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  readonly types: readonly EventType[] | null;
  readonly failures: Failures | null;
}

export interface WebhookDeliveries {
  /** Endpoints that are not disabled, have something before them and whose time has come; nobody is at them. */
  due(limit: number): Promise<readonly DueEndpoint[]>;
  /** A delivery succeeded after failures. */
  recovered(id: string): Promise<void>;
  setBack(id: string, setback: Setback, error: string): Promise<void>;
}

export type SendOutcome = { readonly t: 'accepted' } | { readonly t: 'failed'; readonly error: string };

/** Posts one event, signed. Never rejects; follows no redirect; ends within the adapter's time limit. */
export interface WebhookSender {
  send(endpoint: Pick<DueEndpoint, 'url' | 'secret'>, event: EventEnvelope): Promise<SendOutcome>;
}
