import { protectGateway } from '../../../src/adapters/gateway/protection/gateway';
import { type CloseOutcome, type Unknown } from '../../../src/domain/payment';
import { FakeGateway, LIMITS, REF } from './support/fake-gateway';

const closed: CloseOutcome = { t: 'closed', proof: 'ack' };
const unknown = (cause: Unknown['cause']): Unknown => ({ t: 'unknown', cause, retryAfterMs: 1_000 });

describe('protectGateway', () => {
  let now: number;
  let fake: FakeGateway;
  const logged: string[] = [];
  const log = { debug: note, info: note, warn: note, error: note };
  function note(_fields: object, message: string): void {
    logged.push(message);
  }
  const gateway = () => protectGateway(fake, { now: Date.now, log, limits: LIMITS, ratePerSecond: null });

  beforeEach(() => {
    now = Date.parse('2026-01-01T00:00:00Z');
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    fake = new FakeGateway();
    logged.length = 0;
  });
  afterEach(() => jest.restoreAllMocks());

  async function outage(protectedGateway: ReturnType<typeof gateway>, cause: Unknown['cause'] = 'timeout') {
    fake.answer = unknown(cause);
    for (let call = 0; call < LIMITS.fewestCalls; call += 1)
      expect(await protectedGateway.close(REF)).toEqual(unknown(cause));
  }

  it('passes outcomes and errors on as they are', async () => {
    const guarded = gateway();
    fake.answer = closed;
    expect(await guarded.close(REF)).toBe(closed);
    fake.answer = new TypeError('a defect');
    await expect(guarded.query(REF)).rejects.toThrow('a defect');
    expect(guarded.state()).toBe('closed');
  });

  it.each(['timeout', '5xx', 'unparsable'] as const)('opens after enough of %s, for every operation', async (cause) => {
    const guarded = gateway();
    await outage(guarded, cause);
    expect(guarded.state()).toBe('open');
    expect(logged).toEqual([expect.stringContaining('circuit open')]);
    fake.answer = closed;
    const asked = fake.asked;
    now += 1_000;
    const refused = { t: 'unknown', cause: 'circuitOpen', retryAfterMs: LIMITS.openForMs - 1_000 };
    expect(await guarded.createPayment(REF)).toEqual(refused);
    expect(await guarded.query(REF)).toEqual(refused);
    expect(await guarded.close(REF)).toEqual(refused);
    expect(await guarded.refund(fake.refundRequest)).toEqual(refused);
    expect(await guarded.queryRefund(fake.refundRequest)).toEqual(refused);
    expect(fake.asked).toBe(asked);
  });

  it.each(['badSignature', 'throttled', 'unlisted'] as const)(
    'stays closed at %s: the gateway answers',
    async (cause) => {
      const guarded = gateway();
      await outage(guarded, cause);
      await outage(guarded, cause);
      expect(guarded.state()).toBe('closed');
    },
  );

  it('stays closed while no more than half of the calls fail', async () => {
    const guarded = gateway();
    for (let call = 0; call < 3 * LIMITS.lookBackCalls; call += 1) {
      fake.answer = call % 2 === 0 ? closed : unknown('5xx');
      await guarded.close(REF);
    }
    expect(guarded.state()).toBe('closed');
  });

  it('lets one call try after the pause; the others are told to come back, and its answer closes the circuit', async () => {
    const guarded = gateway();
    await outage(guarded);
    now += LIMITS.openForMs;
    fake.hold();
    const trying = guarded.close(REF);
    await fake.isAsked(LIMITS.fewestCalls + 1);
    expect(guarded.state()).toBe('halfOpen');
    expect(await guarded.close(REF)).toMatchObject({ cause: 'circuitOpen', retryAfterMs: 1_000 });
    fake.letGo(closed);
    expect(await trying).toBe(closed);
    expect(guarded.state()).toBe('closed');
    expect(logged.at(-1)).toContain('circuit closed');
  });

  it('stays open for another pause when the call that tried failed', async () => {
    const guarded = gateway();
    await outage(guarded);
    now += LIMITS.openForMs;
    expect(await guarded.close(REF)).toEqual(unknown('timeout'));
    expect(guarded.state()).toBe('open');
    expect(await guarded.close(REF)).toMatchObject({ cause: 'circuitOpen', retryAfterMs: LIMITS.openForMs });
  });

  it('bounds the calls under way and those that wait; a further one is throttled', async () => {
    const guarded = gateway();
    fake.hold();
    const taken = Array.from({ length: LIMITS.atOnce + LIMITS.waiting }, () => guarded.query(REF));
    await fake.isAsked(LIMITS.atOnce);
    expect(await guarded.query(REF)).toMatchObject({ t: 'unknown', cause: 'throttled' });
    expect(fake.asked).toBe(LIMITS.atOnce);
    fake.letGo({ t: 'pending' });
    expect(await Promise.all(taken)).toEqual(taken.map(() => ({ t: 'pending' })));
    expect(fake.asked).toBe(LIMITS.atOnce + LIMITS.waiting);
  });

  it('does not ask for those that waited when the circuit opened meanwhile', async () => {
    const guarded = gateway();
    await outageButOne(guarded);
    fake.hold();
    const taken = Array.from({ length: LIMITS.atOnce + LIMITS.waiting }, () => guarded.query(REF));
    await fake.isAsked(LIMITS.fewestCalls - 1 + LIMITS.atOnce);
    fake.letGo(unknown('5xx'));
    const causes = (await Promise.all(taken)).map((outcome) => outcome.t === 'unknown' && outcome.cause);
    expect(causes.filter((cause) => cause === '5xx')).toHaveLength(LIMITS.atOnce);
    expect(causes.filter((cause) => cause === 'circuitOpen')).toHaveLength(LIMITS.waiting);
  });

  async function outageButOne(guarded: ReturnType<typeof gateway>): Promise<void> {
    fake.answer = unknown('5xx');
    for (let call = 1; call < LIMITS.fewestCalls; call += 1) await guarded.close(REF);
  }

  it('takes notifications while the circuit is open', async () => {
    const guarded = gateway();
    await outage(guarded);
    const raw = { headers: {}, body: Buffer.from('told') };
    expect(guarded.parseNotification(raw)).toEqual({ t: 'ignored', eventId: 'told', why: 'a test' });
    expect(guarded.notificationReply(false, 'why').body).toBe('false why');
  });
});
