/** `stopped` by an operator before every affected order had its result. */
export const OUTAGE_STATES = ['running', 'done', 'stopped'] as const;
export type OutageState = (typeof OUTAGE_STATES)[number];

/** By how many minutes each deadline may be extended: no deadline lies more than 24 hours ahead. */
export const OUTAGE_MINUTES = { min: 1, max: 1440 } as const;

/** What an outage's extension is called at one order: once per outage, however often it is tried. */
export function outageCommandId(outageId: string, orderId: string): string {
  return `${outageId}:${orderId}`;
}
