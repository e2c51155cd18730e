import { type Router } from 'express';
import { type Fault } from './faults/registry';
import { type PayResult } from './state/payments';
import { type GatewayName, type Money, type Notification, type Payment } from './state/types';

/** One HTTP request to the merchant's notification URL. */
export interface OutgoingRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a provider adds to the neutral core: its wire format. One folder per provider implements it. */
export interface Gateway {
  readonly name: GatewayName;
  /** The provider's own endpoints, with their absolute paths. */
  routes(): Router;
  /** What a client needs to talk to this provider; `origin` is where the asker reached the sandbox. */
  credentials(origin: string): Record<string, string>;
  /** The buyer pays now, the right amount or another one. */
  buyerPays(merchantNo: string, amount?: Money): PayResult;
  /** The buyer opens the trade without paying; false when there is none. */
  buyerScans(merchantNo: string): boolean;
  /** The merchant number behind a QR code's content; null when it isn't this provider's. */
  resolveCode(code: string): string | null;
  /** Renders a notification for one delivery, signed now, spoilt when the fault says so. */
  renderNotification(notification: Notification, payment: Payment, fault: Fault | null): OutgoingRequest;
  /** Whether the merchant's answer acknowledges a notification. */
  isAcknowledgement(status: number, body: string): boolean;
  /** Does the effect of a deferred command. */
  executeDeferred(command: unknown): void;
}
