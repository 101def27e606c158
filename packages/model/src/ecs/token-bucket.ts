/**
 * A token bucket: `burst` tokens at most, refilled at a steady rate. Amazon ECS limits task launches with some, the ECS
 * agent its callers.
 */
export interface RateLimit {
  readonly perSecond: number
  readonly burst: number
}

export interface TokenBucket {
  /** Tokens at `atMs`; a fraction is the way towards the next. */
  readonly tokens: number
  readonly atMs: number
}

export function fullBucket(limit: RateLimit, nowMs: number): TokenBucket {
  return { tokens: limit.burst, atMs: nowMs }
}

export interface TokenTake {
  readonly bucket: TokenBucket
  /** Whole tokens, at most as many as wanted. */
  readonly taken: number
  /** When the next whole token is there; `nowMs` when one is left. */
  readonly nextAtMs: number
}

/** Takes what there is of `wanted` tokens. A clock that went back refills nothing. */
export function takeTokens(
  bucket: TokenBucket,
  limit: RateLimit,
  request: { readonly nowMs: number; readonly wanted: number },
): TokenTake {
  const { nowMs, wanted } = request
  const refill = (Math.max(0, nowMs - bucket.atMs) * limit.perSecond) / 1_000
  const tokens = Math.min(limit.burst, bucket.tokens + refill)
  const taken = Math.min(wanted, Math.floor(tokens))
  const left = tokens - taken
  const nextAtMs = left >= 1 ? nowMs : nowMs + Math.ceil(((1 - left) * 1_000) / limit.perSecond)
  return { bucket: { tokens: left, atMs: nowMs }, taken, nextAtMs }
}
