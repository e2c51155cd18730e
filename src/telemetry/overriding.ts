/**
 * The same object with some of its methods in other hands; everything else is its own. For ports that are watched from
 * outside: the watcher names what it watches and nothing more.
 */
export function overriding<T extends object>(target: T, overrides: Partial<T>): T {
  return new Proxy(target, {
    get: (own, key) => {
      if (Object.hasOwn(overrides, key)) return overrides[key as keyof T];
      const value: unknown = Reflect.get(own, key, own);
      return typeof value === 'function' ? (value.bind(own) as unknown) : value;
    },
  });
}
