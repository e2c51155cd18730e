import { type DataKey } from './types';

/** AES-256. */
const KEY_BYTES = 32;

/** Reads `id=base64;id=base64`. What is wrong goes to `faults`, an entry each, and never repeats a key. */
export function parseDataKeys(value: string, faults: string[]): DataKey[] {
  const entries = value.split(';').map((entry) => entry.trim());
  const keys: DataKey[] = [];
  entries
    .filter((entry) => entry !== '')
    .forEach((entry, index) => {
      const where = `DATA_KEYS: entry ${index + 1}`;
      const [, id = '', text = ''] = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,31})=([A-Za-z0-9+/]+={0,2})$/.exec(entry) ?? [];
      const key = Buffer.from(text, 'base64');
      if (id === '') faults.push(`${where} is not of the form id=base64`);
      else if (key.length !== KEY_BYTES) faults.push(`${where} is not a key of ${KEY_BYTES} bytes in base64`);
      else if (keys.some((other) => other.id === id)) faults.push(`${where} has the id of an earlier entry`);
      else keys.push({ id, key });
    });
  return keys;
}
