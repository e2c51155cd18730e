import { type Money } from '../../src/domain/money';
import { UNKEPT } from './api-client';

/** A row of the sandbox's ledger: the tests' oracle for what truly happened to the money. */
export interface LedgerEntry {
  readonly seq: number;
  /** RFC 3339, the provider's clock; it is this machine's. */
  readonly at: string;
  readonly gateway: string;
  readonly merchantNo: string;
  readonly kind: 'created' | 'paid' | 'closed' | 'refunded' | 'notified';
  readonly amount: Money;
  readonly transactionId?: string;
  readonly refundNo?: string;
}

export interface Fault {
  readonly op: 'create' | 'query' | 'close' | 'refund' | 'queryRefund' | 'notify';
  readonly fault: string;
  readonly match?: { readonly merchantNo?: string; readonly gateway?: string };
  readonly times?: number;
  readonly ms?: number;
  readonly copies?: number;
}

export interface ArmedFault {
  readonly id: string;
  readonly op: string;
  readonly fault: string;
  readonly match: NonNullable<Fault['match']>;
  /** How many operations it would still hit. */
  readonly left: number;
}

/** The sandbox's control API, as its contract says. */
export class SandboxControl {
  constructor(readonly url: string) {}

  async pay(
    merchantNo: string,
    amount?: number,
  ): Promise<{ accepted: boolean; transactionId?: string; reason?: string }> {
    const answer = await this.post(`/_sandbox/payments/${merchantNo}/pay`, amount === undefined ? {} : { amount });
    return (await answer.json()) as { accepted: boolean; transactionId?: string; reason?: string };
  }

  /** The buyer scans the code without paying: Alipay's trade exists from then on. */
  async scan(merchantNo: string): Promise<void> {
    await this.post(`/_sandbox/payments/${merchantNo}/scan`, {});
  }

  /** Arms a fault; the function it answers disarms it and lets go what it still holds. */
  async fault(fault: Fault): Promise<() => Promise<void>> {
    const answer = await this.post('/_sandbox/faults', fault);
    if (!answer.ok) throw new Error(`the fault was refused: ${await answer.text()}`);
    const { id } = (await answer.json()) as { id: string };
    return () => this.disarm(id);
  }

  /** Removes a fault, or all of them, those used up and still holding something back included. */
  async disarm(id?: string): Promise<void> {
    await this.ask(`/_sandbox/faults${id === undefined ? '' : `/${id}`}`, { method: 'DELETE' });
  }

  /** The faults that still wait for an operation to hit. */
  async armed(): Promise<ArmedFault[]> {
    return (await (await this.ask('/_sandbox/faults')).json()) as ArmedFault[];
  }

  async ledger(merchantNo?: string): Promise<LedgerEntry[]> {
    const query = merchantNo === undefined ? '' : `?merchantNo=${merchantNo}`;
    return (await (await this.ask(`/_sandbox/ledger${query}`)).json()) as LedgerEntry[];
  }

  /** The kinds of a payment's rows, in order, without notifications. */
  async story(merchantNo: string): Promise<string[]> {
    return (await this.ledger(merchantNo)).map(({ kind }) => kind).filter((kind) => kind !== 'notified');
  }

  /** Shifts the providers' clock: expiry and timestamps go by it. */
  async clock(offsetMs: number): Promise<void> {
    await this.post('/_sandbox/clock', { offsetMs });
  }

  private post(path: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return this.ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  private ask(path: string, { headers, ...init }: { method?: string; headers?: object; body?: string } = {}) {
    return fetch(this.url + path, { ...init, headers: { ...headers, ...UNKEPT } });
  }
}
