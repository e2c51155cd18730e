import { type OperatorDesk, type OutageDesk } from '../../../src/ports/operator-desk';

const unexpected = (name: string) => () => Promise.reject(new Error(`nobody expected ${name}`));
const noPage = () => Promise.resolve({ items: [], nextCursor: null });

/** A desk of which a test expects these calls, and no other; nothing has been done at it yet. */
export function deskOf(calls: Partial<OperatorDesk>): OperatorDesk {
  return {
    perform: unexpected('perform'),
    approve: unexpected('approve'),
    decline: unexpected('decline'),
    list: noPage,
    ofOrder: () => Promise.resolve([]),
    ...calls,
  };
}

/** The same for outages. */
export function outageDeskOf(calls: Partial<OutageDesk>): OutageDesk {
  return {
    start: unexpected('start'),
    stop: () => Promise.resolve(null),
    find: () => Promise.resolve(null),
    list: noPage,
    results: noPage,
    ...calls,
  };
}
