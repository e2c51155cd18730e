import { type OrderInput } from '../../../../workflows/order/contract';

/** What the Temporal UI shows of an order before anything happened. Ids and numbers only. */
export function describeOrder({ lines, payWith, paymentWindowSeconds }: OrderInput): {
  staticSummary: string;
  staticDetails: string;
} {
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const pay = payWith ? `pay with ${payWith}` : 'gateway chosen later';
  const window = paymentWindowSeconds === undefined ? '' : `, within ${spell(paymentWindowSeconds)}`;
  return {
    staticSummary: `${count(units, 'unit')} of ${count(lines.length, 'line')}, ${pay}${window}`,
    staticDetails: [
      '| SKU | quantity |',
      '|---|---|',
      ...lines.map((line) => `| ${line.skuId} | ${line.quantity} |`),
    ].join('\n'),
  };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function spell(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
