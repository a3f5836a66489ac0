-- Adds to counters, each within a window that its first positive addition opens.
--
-- KEYS are the counters; ARGV is the length of a window in milliseconds, then what is added to each. Answers
-- with two numbers for each: where it stands, and the milliseconds until its window ends.
--
-- Nothing here may fail halfway: what was added by then stays, and the caller adds it again. So what stands where a
-- counter should, and is none, makes way for one.
local function standing(key)
  local value = redis.pcall('GET', key)
  if value == false then return 0 end
  if type(value) == 'string' and #value < 16 and string.match(value, '^%d+$') then
    return tonumber(value)
  end
  redis.call('DEL', key)
  return 0
end

local told = {}
for place, key in ipairs(KEYS) do
  local by = ARGV[place + 1]
  local value = standing(key)
  if tonumber(by) > 0 or value + tonumber(by) > 0 then
    -- A number that is kept is counted by Redis itself, which knows more digits than Lua.
    if tonumber(by) ~= 0 then value = redis.call('INCRBY', key, by) end
  elseif value > 0 then
    redis.call('DEL', key)
    value = 0
  end
  local left = 0
  if value > 0 then
    left = redis.call('PTTL', key)
    if left < 0 then
      redis.call('PEXPIRE', key, ARGV[1])
      left = tonumber(ARGV[1])
    end
  end
  told[#told + 1] = value
  told[#told + 1] = left
end
return told
