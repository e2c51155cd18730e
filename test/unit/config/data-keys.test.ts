import { loadConfig } from '../../../src/config';
import { faultsOf } from './support';

const key = (byte: number, bytes = 32): string => Buffer.alloc(bytes, byte).toString('base64');

describe('DATA_KEYS', () => {
  it('are read in their order', () => {
    const { dataKeys } = loadConfig({ DATA_KEYS: ` 2026-11=${key(1)} ; old=${key(2)};` });
    expect(dataKeys).toEqual([
      { id: '2026-11', key: Buffer.alloc(32, 1) },
      { id: 'old', key: Buffer.alloc(32, 2) },
    ]);
  });

  it('may be none', () => expect(loadConfig({}).dataKeys).toEqual([]));

  it.each([
    ['hush-hush', 'entry 1 is not of the form id=base64'],
    [`=${key(1)}`, 'entry 1 is not of the form id=base64'],
    [`a b=${key(1)}`, 'entry 1 is not of the form id=base64'],
    [`a=${key(1)};b=hush!`, 'entry 2 is not of the form id=base64'],
    [`a=${key(1, 31)}`, 'entry 1 is not a key of 32 bytes in base64'],
    [`a=${key(1, 33)}`, 'entry 1 is not a key of 32 bytes in base64'],
    [`a=${key(1)};a=${key(2)}`, 'entry 2 has the id of an earlier entry'],
  ])('%s stops the start, and is not repeated', (value, fault) => {
    const faults = faultsOf({ DATA_KEYS: value });
    expect(faults).toEqual([`DATA_KEYS: ${fault}`]);
    expect(faults.join()).not.toContain('hush');
  });
});
