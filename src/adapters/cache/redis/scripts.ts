/**
 * What runs within Redis, so that "unless what is kept is later" is decided and done in one step. A SKU is a hash:
 * `ticket`, the reading's, and `sku`, its JSON. `floor` is the ticket of the latest doubt.
 */

/** KEYS: floor, then the SKUs' hashes. Answers their JSON, false where there is none or it is doubtful. */
export const FIND = `
local floor = tonumber(redis.call('GET', KEYS[1]) or '0')
local found = {}
for i = 2, #KEYS do
  local kept = redis.call('HMGET', KEYS[i], 'ticket', 'sku')
  found[i - 1] = kept[1] and tonumber(kept[1]) >= floor and kept[2]
end
return found`;

/** KEYS: the SKUs' hashes. ARGV: ticket, life in ms, then their JSON. What is doubtful is kept for nothing: it is not found. */
export const KEEP = `
for i = 1, #KEYS do
  local kept = redis.call('HGET', KEYS[i], 'ticket')
  if not kept or tonumber(kept) < tonumber(ARGV[1]) then
    redis.call('HSET', KEYS[i], 'ticket', ARGV[1], 'sku', ARGV[i + 2])
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  end
end`;

/**
 * KEYS: floor. ARGV: ticket, life of the floor in ms. It ends: tickets that begin anew, as after PostgreSQL was restored, would
 * otherwise stay below it for good, and nothing would be found any more.
 */
export const DOUBT = `
if tonumber(ARGV[1]) > tonumber(redis.call('GET', KEYS[1]) or '0') then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end`;
