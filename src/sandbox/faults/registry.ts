import { type GatewayName } from '../state/types';
import { FAULTS, type FaultName, type FaultOp } from './catalogue';

/** A fault about to be applied to one operation. `ms` and `copies` have their defaults filled in. */
export interface Fault {
  readonly id: string;
  readonly name: FaultName;
  readonly ms: number;
  readonly copies: number;
}

/** What a test asks for. `times` (default 1) counts the operations it is applied to. */
export interface FaultRequest {
  readonly op: FaultOp;
  readonly fault: FaultName;
  readonly match: { readonly merchantNo?: string | undefined; readonly gateway?: GatewayName | undefined };
  readonly times: number;
  readonly ms?: number | undefined;
  readonly copies: number;
}

export interface RegisteredFault extends FaultRequest {
  readonly id: string;
  readonly left: number;
}

/**
 * The faults in waiting, first in first out. One operation takes one fault: the oldest that matches it. In memory only:
 * a restarted provider is a healthy one.
 */
export class FaultRegistry {
  private faults: RegisteredFault[] = [];
  private lastId = 0;

  /** Registers a fault and returns its id. */
  add(request: FaultRequest): string {
    this.lastId += 1;
    const id = `flt_${this.lastId}`;
    this.faults.push({ ...request, id, left: request.times });
    return id;
  }

  list(): readonly RegisteredFault[] {
    return this.faults;
  }

  /** Removes one fault, or all without an id; returns how many went. */
  remove(id?: string): number {
    const kept = id === undefined ? [] : this.faults.filter((fault) => fault.id !== id);
    const removed = this.faults.length - kept.length;
    this.faults = kept;
    return removed;
  }

  /** The fault for this operation, used up once; null when the operation is to go well. */
  take(op: FaultOp, gateway: GatewayName, merchantNo: string): Fault | null {
    const found = this.faults.find(
      (fault) =>
        fault.op === op &&
        (fault.match.gateway ?? gateway) === gateway &&
        (fault.match.merchantNo ?? merchantNo) === merchantNo,
    );
    if (!found) return null;
    this.faults = this.faults
      .map((fault) => (fault === found ? { ...fault, left: fault.left - 1 } : fault))
      .filter((fault) => fault.left > 0);
    return { id: found.id, name: found.fault, ms: found.ms ?? FAULTS[found.fault].defaultMs, copies: found.copies };
  }
}
