/** Seconds. Of what answers within milliseconds when all is well, and is given up after some ten seconds. */
export const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds. Of one transaction: from a lone order's to the statement's own limit. */
export const TRANSACTION_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 10];
/** Seconds. A buyer pays within seconds, or at the end of a window of half an hour, or of a day. */
export const PAYING_SECONDS = [5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 86_400];
/** Orders that share a transaction, up to the most that one carries. */
export const BATCH_ORDERS = [1, 2, 4, 8, 16, 32, 64, 128];
