import { type Response } from 'express';
import { type Holds } from './holds';
import { type Fault } from './registry';

/** What an operation answers, before the provider signs it. An empty `body` is an empty answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** An answer as it goes over the wire. */
export interface WireAnswer extends Answer {
  readonly headers: Readonly<Record<string, string>>;
}

/** One provider operation, taken apart so that a fault can hit it between its parts. */
export interface Operation {
  /** Does the effect in one synchronous step and tells the answer. Called at most once. */
  effect(): Answer;
  /** Makes the effect land later instead. */
  defer(fault: Fault): void;
  /** The provider's answers of a bad day. */
  serverError(): Answer;
  throttled(): Answer;
  /** Resolves when the effect is on the disk. */
  settled(): Promise<void>;
  /** Signs an answer in the provider's way, or wrongly when the fault says so. */
  sign(answer: Answer, fault: Fault | null): WireAnswer;
}

/** Performs an operation and answers it, with the fault applied. Faults of meaning (`stale_query`, …) are in `effect`. */
export async function perform(op: Operation, res: Response, fault: Fault | null, holds: Holds): Promise<void> {
  switch (fault?.name) {
    case 'drop_before_effect':
      res.socket?.destroy();
      return;
    case 'reset':
      res.socket?.resetAndDestroy();
      return;
    case 'error_500_before':
      transmit(res, op.sign(op.serverError(), null), null);
      return;
    case 'throttled_429':
      transmit(res, op.sign(op.throttled(), null), null);
      return;
    case 'delayed_effect':
      op.defer(fault);
      await op.settled();
      transmit(res, op.sign(op.serverError(), null), null);
      return;
    case 'error_500_after':
      op.effect();
      await op.settled();
      transmit(res, op.sign(op.serverError(), null), null);
      return;
    case 'timeout_after_effect':
      op.effect();
      await op.settled();
      sayNothing(res, fault, holds);
      return;
    case 'latency':
      await new Promise<void>((resolve) => holds.after(fault.id, fault.ms, resolve));
      break;
    default:
  }
  const answer = op.effect();
  await op.settled();
  transmit(res, op.sign(answer, fault), fault);
}

/** Sends a wire answer, its body spoilt when the fault says so: status and effect stay what they were. */
export function transmit(res: Response, answer: WireAnswer, fault: Fault | null): void {
  if (fault?.name === 'html_body') {
    // A 204 can't carry the page that a proxy would put there.
    res.status(answer.status === 204 ? 200 : answer.status);
    res.type('html').end(HTML_BODY);
    return;
  }
  if (fault?.name === 'truncated_body' && answer.body === '') {
    // Nothing to cut in an empty body: the head itself ends in the middle of a header.
    res.socket?.end(`HTTP/1.1 ${answer.status} No Content\r\nDate: Thu, 01 Jan`);
    return;
  }
  const body = fault?.name === 'truncated_body' ? cutInHalf(answer.body) : answer.body;
  res.status(answer.status).set(answer.headers).end(body);
}

/** What proxies answer in a provider's stead. */
export const HTML_BODY =
  '<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Bad Gateway</h1></body></html>';

/** The first half of a body: JSON that doesn't parse. */
export function cutInHalf(body: string): string {
  return body.slice(0, Math.floor(body.length / 2));
}

/** Says nothing until the client gives up or `ms` are over, then drops the connection. */
function sayNothing(res: Response, fault: Fault, holds: Holds): void {
  const cancel = holds.after(fault.id, fault.ms, () => res.socket?.destroy());
  res.once('close', cancel);
}
