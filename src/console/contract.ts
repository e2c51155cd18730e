/**
 * What the console's server and its pages say to each other, as JSON under `/console/api`. Errors are problem+json as in the
 * public API. Times are RFC 3339 in UTC, money is integer minor units. Pages import this file as types only.
 */
export type * from './contract-common';
export type * from './contract-session';
export type * from './contract-orders';
export type * from './contract-actions';
export type * from './contract-stock';
export type * from './contract-events';
export type * from './contract-reconcile';
export type * from './contract-outages';
