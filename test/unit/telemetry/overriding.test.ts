import { overriding } from '../../../src/telemetry/overriding';

class Account {
  #balance = 1;
  add(by: number): number {
    this.#balance += by;
    return this.#balance;
  }
  read(): number {
    return this.#balance;
  }
}

describe('overriding', () => {
  it('replaces what is named, and leaves the rest to the object itself, private fields included', () => {
    const account = new Account();
    const added: number[] = [];
    const watched = overriding<Account>(account, {
      add: (by) => {
        added.push(by);
        return account.add(by);
      },
    });
    expect(watched.add(2)).toBe(3);
    expect(watched.read()).toBe(3);
    expect(added).toEqual([2]);
  });
});
