import { type Money } from '../../src/domain/money';

/** A row of the sandbox's ledger: the tests' oracle for what truly happened to the money. */
export interface LedgerEntry {
  readonly seq: number;
  readonly merchantNo: string;
  readonly kind: 'created' | 'paid' | 'closed' | 'refunded' | 'notified';
  readonly amount: Money;
  readonly transactionId?: string;
}

export interface Fault {
  readonly op: 'create' | 'query' | 'close' | 'refund' | 'queryRefund' | 'notify';
  readonly fault: string;
  readonly match?: { readonly merchantNo?: string };
  readonly times?: number;
  readonly ms?: number;
  readonly copies?: number;
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
    return async () => {
      await fetch(`${this.url}/_sandbox/faults/${id}`, { method: 'DELETE' });
    };
  }

  async ledger(merchantNo?: string): Promise<LedgerEntry[]> {
    const query = merchantNo === undefined ? '' : `?merchantNo=${merchantNo}`;
    return (await (await fetch(`${this.url}/_sandbox/ledger${query}`)).json()) as LedgerEntry[];
  }

  /** The kinds of a payment's rows, in order, without notifications. */
  async story(merchantNo: string): Promise<string[]> {
    return (await this.ledger(merchantNo)).map(({ kind }) => kind).filter((kind) => kind !== 'notified');
  }

  private post(path: string, body: object): Promise<Response> {
    return fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
}
