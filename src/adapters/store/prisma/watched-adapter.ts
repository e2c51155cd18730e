import { type PrismaPg } from '@prisma/adapter-pg';

/** Runs a statement and answers what it answered. */
export type AroundStatement = <T>(sql: string, run: () => Promise<T>) => Promise<T>;

type Factory = PrismaPg;
type Adapter = Awaited<ReturnType<Factory['connect']>>;
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/** The driver with every statement led through `around`, those that begin and end transactions included. */
export function watchStatements(factory: Factory, around: AroundStatement): Factory {
  return withMethods(factory, {
    connect: async () => watchAdapter(await factory.connect(), around),
  });
}

function watchAdapter(adapter: Adapter, around: AroundStatement): Adapter {
  return withMethods(adapter, {
    ...queries(adapter, around),
    startTransaction: async (...options) =>
      watchTransaction(await around('BEGIN', () => adapter.startTransaction(...options)), around),
  });
}

/** Prisma sends COMMIT and ROLLBACK as statements like any other. */
function watchTransaction(transaction: Transaction, around: AroundStatement): Transaction {
  return withMethods(transaction, queries(transaction, around));
}

function queries(queryable: Adapter | Transaction, around: AroundStatement): Pick<Adapter, 'queryRaw' | 'executeRaw'> {
  return {
    queryRaw: (query) => around(query.sql, () => queryable.queryRaw(query)),
    executeRaw: (query) => around(query.sql, () => queryable.executeRaw(query)),
  };
}

/** The object with some methods replaced; the rest, private fields included, is its own. */
function withMethods<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (own, key) => {
      if (Object.hasOwn(methods, key)) return methods[key as keyof T];
      const value: unknown = Reflect.get(own, key, own);
      return typeof value === 'function' ? (value.bind(own) as unknown) : value;
    },
  });
}
