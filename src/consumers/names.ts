/** The consumers that are shipped. A name is its queue's, its cursor's and its notes' in the database: it never changes. */
export const CONSUMER_NAMES = ['shipping-notice', 'points-award', 'profit-share', 'sku-cache'] as const;
export type ConsumerName = (typeof CONSUMER_NAMES)[number];
