import { isDatabaseAway } from '../../../src/adapters/store/prisma/away';

const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('whether an error says that the database is away', () => {
  it.each([
    ['Prisma: not reachable', coded('P1001')],
    ['Prisma: no transaction in time', coded('P2028')],
    ['the adapter: not reachable', { cause: { kind: 'DatabaseNotReachable' } }],
    [
      'a raw statement of Prisma’s',
      { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '57P01' } } } },
    ],
    ['a refused connection', coded('ECONNREFUSED')],
    ['all addresses refused', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })],
    ['starting up', coded('57P03')],
    ['a statement that took longer than it may', coded('57014')],
    ['a lock that was not to be had in time', { meta: { driverAdapterError: { cause: { originalCode: '55P03' } } } }],
    ['a broken connection', new Error('Connection terminated unexpectedly')],
    ['no connection free', new Error('timeout exceeded when trying to connect')],
    ['silence', new Error('Query read timeout')],
  ])('%s: yes', (_name, error) => {
    expect(isDatabaseAway(error)).toBe(true);
  });

  it.each([
    ['a unique key', coded('P2002')],
    ['a deadlock', { meta: { driverAdapterError: { cause: { originalCode: '40P01' } } } }],
    ['a fault of ours', new TypeError('x is not a function')],
    ['nothing', null],
    ['a text', 'ECONNREFUSED'],
  ])('%s: no', (_name, error) => {
    expect(isDatabaseAway(error)).toBe(false);
  });
});
