/** The time as everything outside a workflow takes it; injected so that tests decide what it is. Milliseconds since the epoch. */
export type Clock = () => number;
