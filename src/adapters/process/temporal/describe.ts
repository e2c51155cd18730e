import { type ProcessDraft } from '../../../ports/process-draft';

/** What the Temporal UI shows of an order before anything happened. Ids, numbers and times only. */
export function describeOrder({ lines, payWith, payBy }: ProcessDraft): {
  staticSummary: string;
  staticDetails: string;
} {
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const pay = payWith ? `pay with ${payWith}` : 'gateway chosen later';
  return {
    staticSummary: `${count(units, 'unit')} in ${count(lines.length, 'line')}, ${pay} by ${payBy}`,
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
