import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { type LearntCertificate } from '../../../src/adapters/gateway/wechat/certificates';
import { createPlatformKeys } from '../../../src/adapters/gateway/wechat/platform-keys';

const START = Date.parse('2026-01-01T00:00:00Z');
const newKey = () => createPublicKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const [configuredKey, learntKey] = [newKey(), newKey()];
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const learnt = (serial: string, validUntilMs = START + 3_600_000): LearntCertificate => ({
  serial,
  key: learntKey,
  validUntilMs,
});

function keysWith(download: () => Promise<readonly LearntCertificate[] | string>) {
  const clock = { now: START };
  const counted = jest.fn(download);
  const configured = new Map([['abc1', configuredKey]]);
  const keys = createPlatformKeys({ configured, download: counted, now: () => clock.now, log });
  return { keys, clock, download: counted };
}

test('a configured key is known by its serial, whatever the case, and others are not', () => {
  const { keys, download } = keysWith(() => Promise.resolve([]));
  expect(keys.get('ABC1')).toBe(configuredKey);
  expect(keys.get('abc1')).toBe(configuredKey);
  expect(keys.get('ABC2')).toBeUndefined();
  expect(download).not.toHaveBeenCalled();
});

test('a downloaded one is known until its end', async () => {
  const { keys, clock } = keysWith(() => Promise.resolve([learnt('ABC2')]));
  await keys.refresh();
  expect(keys.get('ABC2')).toBe(learntKey);
  clock.now += 3_600_000;
  expect(keys.get('ABC2')).toBe(learntKey);
  clock.now += 1;
  expect(keys.get('ABC2')).toBeUndefined();
});

test('a downloaded one never takes the place of a configured one', async () => {
  const { keys } = keysWith(() => Promise.resolve([learnt('ABC1')]));
  await keys.refresh();
  expect(keys.get('ABC1')).toBe(configuredKey);
});

test('a list that is not believed leaves everything as it was', async () => {
  const lists: (readonly LearntCertificate[] | string)[] = [[learnt('ABC2')], 'tampered certificate'];
  const { keys, clock, download } = keysWith(() => Promise.resolve(lists.shift() ?? []));
  await keys.refresh();
  clock.now += 60_000;
  await keys.refresh();
  expect(download).toHaveBeenCalledTimes(2);
  expect(keys.get('ABC2')).toBe(learntKey);
});

test('callers at one time share a download; within a minute there is no other', async () => {
  const { keys, clock, download } = keysWith(() => Promise.resolve([]));
  await Promise.all([keys.refresh(), keys.refresh(), keys.refresh()]);
  clock.now += 59_999;
  await keys.refresh();
  expect(download).toHaveBeenCalledTimes(1);
  clock.now += 1;
  await keys.refresh();
  expect(download).toHaveBeenCalledTimes(2);
  // A clock set back doesn't silence it until the old time is reached again.
  clock.now -= 3_600_000;
  await keys.refresh();
  expect(download).toHaveBeenCalledTimes(3);
});

test('a download that fails is no error, and counts', async () => {
  const { keys, clock, download } = keysWith(() => Promise.reject(new Error('no route')));
  await expect(keys.refresh()).resolves.toBeUndefined();
  await keys.refresh();
  expect(download).toHaveBeenCalledTimes(1);
  clock.now += 60_000;
  await keys.refresh();
  expect(download).toHaveBeenCalledTimes(2);
});
