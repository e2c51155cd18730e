import { type OperatorService } from '@temporalio/client';
import { ensureSearchAttributes } from '../../../src/adapters/process/temporal/connect';
import { SEARCH_ATTRIBUTES } from '../../../src/adapters/process/temporal/search-attributes';

type Calls = Pick<OperatorService, 'listSearchAttributes' | 'addSearchAttributes'>;

const NAMES = Object.keys(SEARCH_ATTRIBUTES);
const DENIED = new Error('PERMISSION_DENIED');

/** A namespace with these attributes; `lists` and `adds` are whether the server lets us. `quicker`: another process adds them first. */
function namespaceWith(there: readonly string[], { lists = true, adds = true, quicker = false } = {}) {
  const known = new Set(there);
  const said: string[] = [];
  const operatorService = {
    listSearchAttributes: () =>
      lists
        ? Promise.resolve({ customAttributes: Object.fromEntries([...known].map((name) => [name, 1])) })
        : Promise.reject(DENIED),
    addSearchAttributes: ({ searchAttributes }: { searchAttributes: object }) => {
      if (adds || quicker) for (const name of Object.keys(searchAttributes)) known.add(name);
      return adds ? Promise.resolve({}) : Promise.reject(DENIED);
    },
  } as unknown as Calls;
  const tell = (_: unknown, message?: string): void => void said.push(message ?? '');
  const start = () =>
    ensureSearchAttributes({ connection: { operatorService }, namespace: 'shop' }, { info: tell, warn: tell });
  return { start, known, said };
}

describe('search attributes at the start', () => {
  it('registers those that are missing', async () => {
    const { start, known, said } = namespaceWith(NAMES.slice(1));
    await start();
    expect([...known].toSorted()).toEqual(NAMES.toSorted());
    expect(said).toEqual(['search attributes registered']);
  });

  it('missing and not to be registered → no start, with their names and kinds', async () => {
    const { start } = namespaceWith(NAMES.slice(2), { adds: false });
    const lacking = NAMES.slice(0, 2).map((name) => `${name} (${SEARCH_ATTRIBUTES[name]})`);
    await expect(start()).rejects.toMatchObject({
      message: expect.stringContaining(`the namespace shop lacks the search attributes ${lacking.join(', ')},`),
      cause: DENIED,
    });
  });

  it('registered by another process meanwhile → goes on', async () => {
    await expect(namespaceWith([], { adds: false, quicker: true }).start()).resolves.toBeUndefined();
  });

  it('a namespace that does not say what it has is taken at its word', async () => {
    const { start, said } = namespaceWith([], { lists: false, adds: false });
    await start();
    expect(said).toEqual([expect.stringContaining('could not be checked')]);
  });
});
