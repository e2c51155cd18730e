/**
 * What runs within Redis, each in one step. A SKU is a hash: `left`, units that may still be taken, or `unlimited`; `at`,
 * when the reading that it rests on was begun, by Redis' own clock in microseconds, which is also its version; `renewing`
 * once somebody was told to read anew. It expires when the reading's life is over.
 */

/** Answers in the first place of a SKU's answer; zero and more are the units left. */
export const NOT_INITIALISED = -3;
export const SHORT = -2;
export const UNLIMITED = -1;

/** Redis' clock in microseconds, as text: a reading that is begun after it is at most as old as that. */
export const CLOCK = `
local time = redis.call('TIME')
return string.format('%d%06d', time[1], time[2])`;

/**
 * KEYS: the SKUs' hashes. ARGV: units of each, then the age in microseconds from which a reading is to be renewed.
 * Takes all or nothing. Answers {code, units that were left, version, 1 where the caller is to read anew} of each.
 */
export const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers, short = {}, false
for i, key in ipairs(KEYS) do
  local kept = redis.call('HMGET', key, 'left', 'at', 'renewing')
  local left, units = kept[1], tonumber(ARGV[i])
  if not left then
    answers[i] = {${NOT_INITIALISED}, 0, '', 1}
  else
    local renew = 0
    if not kept[3] and now - tonumber(kept[2]) >= tonumber(ARGV[#KEYS + 1]) then
      redis.call('HSET', key, 'renewing', 1)
      renew = 1
    end
    if left == 'unlimited' then
      answers[i] = {${UNLIMITED}, 0, kept[2], renew}
    elseif tonumber(left) < units then
      short = true
      answers[i] = {${SHORT}, tonumber(left), kept[2], renew}
    else
      answers[i] = {tonumber(left), tonumber(left), kept[2], renew}
    end
  end
end
if short then return answers end
for i, key in ipairs(KEYS) do
  if answers[i][1] >= 0 then answers[i][1] = redis.call('HINCRBY', key, 'left', -ARGV[i]) end
end
return answers`;

/** KEYS: hashes. ARGV: units of each, then versions of each. What was taken from an earlier reading is not in this one. */
export const GIVE_BACK = `
for i, key in ipairs(KEYS) do
  if redis.call('HGET', key, 'at') == ARGV[#KEYS + i] then redis.call('HINCRBY', key, 'left', ARGV[i]) end
end`;

/**
 * KEYS: hashes. ARGV: when the reading was begun, its life in milliseconds, then \`left\` of each. The later reading stays,
 * and one that arrives after its life is none.
 */
export const KEEP = `
local time = redis.call('TIME')
local life = math.min(ARGV[2], ARGV[2] - math.floor((time[1] * 1000000 + time[2] - ARGV[1]) / 1000))
if life <= 0 then return end
for i, key in ipairs(KEYS) do
  local at = redis.call('HGET', key, 'at')
  if not at or tonumber(at) < tonumber(ARGV[1]) then
    redis.call('DEL', key)
    redis.call('HSET', key, 'left', ARGV[i + 2], 'at', ARGV[1])
    redis.call('PEXPIRE', key, life)
  end
end`;
