import { type Payment } from '../state/types';

/** How often an open page looks again, in seconds: often enough to see a close, slow enough to read and press. */
const REFRESH_SECONDS = 10;

/** What the buyer sees of a payment. `expired` is open and past its time. */
export type CashierState = 'open' | 'paid' | 'closed' | 'expired';

const HEADLINE: Record<CashierState, string> = {
  open: 'Waiting for your payment',
  paid: 'Paid',
  closed: 'Closed: this payment can no longer be made',
  expired: 'Expired: the time to pay is over',
};

const STYLE = `
  *{box-sizing:border-box} body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#eef1ef;color:#16231c}
  main{max-width:26rem;margin:0 auto;padding:1.25rem}
  .card{background:#fff;border-radius:14px;padding:1.5rem;box-shadow:0 1px 4px #0002}
  h1{font-size:1rem;margin:0 0 1rem;color:#4b5c53} .amount{font-size:2.5rem;font-weight:700;margin:.25rem 0}
  dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem;margin:1rem 0} dt{color:#5d6b63} dd{margin:0;text-align:right;overflow-wrap:anywhere}
  .state{font-weight:600;padding:.6rem .8rem;border-radius:8px;background:#e6eef9} .paid{background:#dff3e4} .closed,.expired{background:#f6e3e1}
  button{width:100%;font:inherit;font-weight:700;padding:.9rem;margin-top:1rem;border:0;border-radius:10px;background:#087a3e;color:#fff}
  button:focus-visible{outline:3px solid #063} small{color:#5d6b63}`;

/**
 * The cashier: one self-contained page, no script, usable on a phone. An open one looks again every few seconds.
 * @param nowMs the sandbox's clock, for the time left
 */
export function cashierPage(payment: Payment, merchant: string, state: CashierState, nowMs: number): string {
  const left = state === 'open' && payment.expiresAt ? timeLeft(Date.parse(payment.expiresAt) - nowMs) : null;
  const rows: [string, string][] = [
    ['Merchant', merchant],
    ['For', payment.description],
    ['Number', payment.merchantNo],
    ...(left === null ? [] : ([['Time left', left]] satisfies [string, string][])),
    ...(payment.paid ? ([['Transaction', payment.paid.transactionId]] satisfies [string, string][]) : []),
  ];
  const amount = payment.paid?.amount ?? payment.amount;
  const refresh = state === 'open' ? `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">` : '';
  const button = state === 'open' ? '<form method="post"><button type="submit">Pay</button></form>' : '';
  return document(
    refresh,
    `<h1>Sandbox cashier</h1>
    <p class="state ${state}" role="status" data-state="${state}">${HEADLINE[state]}</p>
    <p class="amount">${escape(formatAmount(amount.minor, amount.currency))}</p>
    <dl>${rows.map(([term, value]) => `<dt>${term}</dt><dd>${escape(value)}</dd>`).join('')}</dl>
    ${button}<small>A stand-in for the payment provider: no money moves.</small>`,
  );
}

/** The page of a number that the sandbox doesn't know. */
export function unknownPage(merchantNo: string): string {
  const text = `There is no payment ${escape(merchantNo)} here.`;
  return document('', `<h1>Sandbox cashier</h1><p class="state closed" data-state="unknown">${text}</p>`);
}

function document(head: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">${head}
<title>Sandbox cashier</title><style>${STYLE}</style></head>
<body><main><div class="card">${content}</div></main></body></html>`;
}

function formatAmount(minor: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
