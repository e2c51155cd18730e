import fc from 'fast-check';
import { rawMembers } from '../../../src/adapters/gateway/alipay/envelope';

describe('rawMembers', () => {
  test('keeps the raw text of every kind of value', () => {
    const text = '{ "a" : {"x":"}\\"]","y":[{}, 1]} , "b":[ "{" ],"c":"d\\"e", "n":-1.5e3,"t":true, "z":null }';
    expect(Object.fromEntries(rawMembers(text) ?? [])).toEqual({
      a: '{"x":"}\\"]","y":[{}, 1]}',
      b: '[ "{" ]',
      c: '"d\\"e"',
      n: '-1.5e3',
      t: 'true',
      z: 'null',
    });
  });

  test.each([
    ['nothing', ''],
    ['an array', '[]'],
    ['a scalar', '1'],
    ['a page', '<html></html>'],
    ['no end', '{"a":{"b":1}'],
    ['an open string', '{"a":"b'],
    ['a key twice', '{"a":1,"a":2}'],
    ['a key with an escape', '{"\\u0061":1}'],
    ['something after the end', '{"a":1} {"b":2}'],
    ['no value', '{"a":}'],
    ['no colon', '{"a" 1}'],
    ['a missing comma', '{"a":{}"b":1}'],
    ['a closing bracket first', '{"a":]}'],
    ['a trailing comma', '{"a":1,}'],
  ])('%s is none', (_what, text) => expect(rawMembers(text)).toBeNull());

  test("agrees with JSON.parse on any object's members", () => {
    const key = fc.stringMatching(/^[a-z_]{1,8}$/);
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue(), { minKeys: 1, noNullPrototype: true }), (object) => {
        for (const text of [JSON.stringify(object), JSON.stringify(object, null, 2)]) {
          const members = rawMembers(text) ?? new Map<string, string>();
          const parsed = Object.fromEntries([...members].map(([name, raw]) => [name, JSON.parse(raw) as unknown]));
          expect(parsed).toEqual(JSON.parse(text));
        }
      }),
    );
  });
});
