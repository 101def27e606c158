import type { Writable } from 'node:stream'

import { sleep } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'

export interface TrickleOptions {
  readonly bytesPerSecond: number
  readonly clock: Clock
  /** Ends the writing. */
  readonly signal: AbortSignal
}

const PIECES_PER_SECOND = 10

/** Writes a body at a steady rate, a piece every tenth of a second, and ends the stream. */
export async function trickle(
  stream: Writable,
  body: string | Uint8Array,
  { bytesPerSecond, clock, signal }: TrickleOptions,
): Promise<void> {
  const bytes = Buffer.from(body)
  const pieceBytes = Math.ceil(bytesPerSecond / PIECES_PER_SECOND)
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    await sleep(clock, (pieceBytes / bytesPerSecond) * 1_000, signal)
    if (signal.aborted) return
    stream.write(bytes.subarray(at, at + pieceBytes))
  }
  stream.end()
}
