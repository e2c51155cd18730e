import { HoldfastError, validationFailed } from '../domain/errors';
import { type NewId } from '../domain/ids';
import { OUTAGE_MINUTES } from '../domain/outage';
import { type GatewayName } from '../domain/payment';
import { type Clock } from '../ports/clock';
import { type Logger } from '../ports/logger';
import { type OutageDesk, type OutageRequest } from '../ports/operator-desk';
import { type Outage, type OutageProcess, type Outages } from '../ports/outages';
import { demandRole, faultsOfReason } from './order-desk';

export interface OutageControlDeps {
  readonly outages: Outages;
  readonly process: OutageProcess;
  readonly gateways: ReadonlyMap<GatewayName, unknown>;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
}

/** Outages: written down first, then given their process; `resume` starts those whose inserter died in between. */
export class OutageControl implements OutageDesk {
  readonly find: OutageDesk['find'];
  readonly list: OutageDesk['list'];
  readonly results: OutageDesk['results'];

  constructor(private readonly deps: OutageControlDeps) {
    const { outages } = deps;
    this.find = (id) => outages.find(id);
    this.list = (query) => outages.list(query);
    this.results = (id, query) => outages.results(id, query);
  }

  async start({ actor, gateway, minutes, reason, idempotencyKey }: OutageRequest): Promise<Outage> {
    demandRole(actor, 'operator');
    const { min, max } = OUTAGE_MINUTES;
    const faults = faultsOfReason(reason);
    if (!Number.isInteger(minutes) || minutes < min || minutes > max)
      faults.push({ path: 'minutes', message: `must be an integer from ${min} to ${max}` });
    if (faults.length > 0) throw validationFailed(faults);
    const { outages, gateways, newId, now } = this.deps;
    if (!gateways.has(gateway))
      throw new HoldfastError('gateway_not_available', `the gateway ${gateway} is not configured here`);
    const inserted = await outages.insert({
      ...{ id: newId('outage'), gateway, minutes, reason, startedBy: actor, idempotencyKey, now: now() },
    });
    if (inserted.t === 'reused') throw new HoldfastError('idempotency_key_reused');
    if (inserted.t === 'inserted') await this.giveProcess(inserted.outage.id);
    return (await outages.find(inserted.outage.id)) ?? inserted.outage;
  }

  async stop(outageId: string): Promise<Outage | null> {
    const { outages } = this.deps;
    const outage = await outages.find(outageId);
    if (outage?.state !== 'running') return outage;
    // The next page that its process asks for is empty, so it ends by itself.
    await outages.end(outageId, 'stopped');
    return outages.find(outageId);
  }

  /** Gives their process to outages that have none yet; answers whether there were any. */
  async resume(): Promise<boolean> {
    const left = await this.deps.outages.unstarted();
    for (const id of left) await this.giveProcess(id);
    return left.length > 0;
  }

  private async giveProcess(id: string): Promise<void> {
    const { outages, process, log } = this.deps;
    try {
      await process.start(id);
      await outages.started(id);
    } catch (error) {
      log.warn({ outageId: id, err: error }, 'the outage has no process yet; trying again');
    }
  }
}
