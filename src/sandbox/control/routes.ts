import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { FAULT_NAMES, FAULT_OPS, FAULTS, type FaultName, faultsFor } from '../faults/catalogue';
import { type Holds } from '../faults/holds';
import { type FaultRegistry, type FaultRequest } from '../faults/registry';
import { type Gateway } from '../gateway';
import { type SandboxClock } from '../state/clock';
import { type Store } from '../state/store';
import { GATEWAY_NAMES, type GatewayName, type Money } from '../state/types';

export interface ControlParts {
  readonly store: Store;
  readonly clock: SandboxClock;
  readonly faults: FaultRegistry;
  readonly holds: Holds;
  readonly gateways: ReadonlyMap<GatewayName, Gateway>;
}

/** The longest a fault may take: an hour. */
const LONGEST_MS = 3_600_000;
/** A hundred years either way: what a Date still represents with room to spare. */
const LARGEST_OFFSET_MS = 3_155_760_000_000;

const money = z.union([z.int().min(1), z.strictObject({ minor: z.int().min(1), currency: z.string().length(3) })]);
const payBody = z.strictObject({ amount: money.optional() });
const clockBody = z.strictObject({ offsetMs: z.int().min(-LARGEST_OFFSET_MS).max(LARGEST_OFFSET_MS) });
const faultBody = z.strictObject({
  op: z.enum(FAULT_OPS, { error: `one of ${FAULT_OPS.join(', ')}` }),
  fault: z.enum(FAULT_NAMES as [FaultName, ...FaultName[]], { error: `one of ${FAULT_NAMES.join(', ')}` }),
  match: z.strictObject({ merchantNo: z.string().optional(), gateway: z.enum(GATEWAY_NAMES).optional() }).default({}),
  times: z.int().min(1).default(1),
  ms: z.int().min(-LONGEST_MS).max(LONGEST_MS).optional(),
  copies: z.int().min(2).max(100).default(2),
});

/** The tests' and developers' handle on the sandbox, under `/_sandbox`. JSON; errors are `{code, message}`. */
export function controlRoutes(parts: ControlParts): Router {
  const { store, clock, faults } = parts;
  const router = Router();
  router.use(express.json({ type: () => true, strict: false }));
  router.post('/payments/:merchantNo/pay', (req, res) => pay(parts, req, res));
  router.post('/payments/:merchantNo/scan', (req, res) => scan(parts, req, res));
  router.post('/faults', (req, res) => addFault(faults, req, res));
  router.get('/faults', (_req, res) => void res.json(faults.list()));
  router.delete('/faults{/:id}', async (req, res) => removeFaults(parts, req, res));
  router.get('/ledger', async (req, res) => {
    const { merchantNo } = req.query;
    const rows = store.ledger(typeof merchantNo === 'string' ? merchantNo : undefined);
    await store.synced();
    res.json(rows);
  });
  router.post('/clock', (req, res) => {
    const body = parse(clockBody, req, res);
    if (!body) return;
    clock.offsetMs = body.offsetMs;
    res.json({ offsetMs: clock.offsetMs, now: clock.nowIso() });
  });
  router.get('/clock', (_req, res) => void res.json({ offsetMs: clock.offsetMs, now: clock.nowIso() }));
  router.get('/credentials', (req, res) => {
    const origin = `${req.protocol}://${req.get('host') ?? ''}`;
    res.json(Object.fromEntries([...parts.gateways].map(([name, gateway]) => [name, gateway.credentials(origin)])));
  });
  router.use((_req, res) => void refuse(res, 404, 'not_found', 'No such control endpoint'));
  return router;
}

async function pay(parts: ControlParts, req: Request, res: Response): Promise<void> {
  const body = parse(payBody, req, res);
  if (!body) return;
  const merchantNo = parameter(req, 'merchantNo');
  const payment = parts.store.findPayment(merchantNo);
  const gateway = payment && parts.gateways.get(payment.gateway);
  const result = gateway
    ? gateway.buyerPays(merchantNo, amountOf(body.amount, payment.amount.currency))
    : ({ accepted: false, reason: 'unknown' } as const);
  await parts.store.synced();
  res.status(result.accepted ? 200 : 409).json(result);
}

function scan(parts: ControlParts, req: Request, res: Response): void {
  const merchantNo = parameter(req, 'merchantNo');
  const scanned = [...parts.gateways.values()].some((gateway) => gateway.buyerScans(merchantNo));
  if (scanned) res.json({ accepted: true });
  else res.status(409).json({ accepted: false, reason: 'unknown' });
}

function addFault(faults: FaultRegistry, req: Request, res: Response): void {
  const body = parse(faultBody, req, res);
  if (!body) return;
  if (!faultsFor(body.op).includes(body.fault)) {
    const { ops } = FAULTS[body.fault];
    const allowed = `${body.fault} hits ${ops.join(', ')}; ${body.op} may have ${faultsFor(body.op).join(', ')}`;
    return refuse(res, 400, 'invalid_request', allowed);
  }
  res.json({ id: faults.add(body satisfies FaultRequest) });
}

/** Removes faults in waiting and releases what used-up ones still hold back. */
async function removeFaults(parts: ControlParts, req: Request, res: Response): Promise<void> {
  const given = req.params['id'];
  const id = typeof given === 'string' ? given : undefined;
  const removed = parts.faults.remove(id);
  const released = parts.holds.release(id);
  if (id !== undefined && removed + released === 0) {
    return refuse(res, 404, 'not_found', `No fault ${id} waits or holds anything`);
  }
  await parts.store.synced();
  res.json({ removed, released });
}

function amountOf(amount: z.infer<typeof money> | undefined, currency: string): Money | undefined {
  return typeof amount === 'number' ? { minor: amount, currency } : amount;
}

/** The body, or undefined after a 400 that names what is wrong. No body at all counts as an empty one. */
function parse<T>(schema: z.ZodType<T>, req: Request, res: Response): T | undefined {
  const result = schema.safeParse(req.body ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  refuse(res, 400, 'invalid_request', problems.join('; '));
  return undefined;
}

function refuse(res: Response, status: number, code: string, message: string): void {
  res.status(status).json({ code, message });
}

function parameter(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === 'string' ? value : '';
}
