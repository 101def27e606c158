import type { Document } from './queue.js'

/** The index cannot be reached, or is down: nothing is wrong with the documents. */
export class IndexDownError extends Error {
  override readonly name = 'IndexDownError'
}

/** Writes documents in one call, and tells the ids of those that the index refused. */
export async function write(
  url: string,
  documents: readonly Document[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const body = JSON.stringify(documents)
  const answer = await fetch(url, { method: 'POST', body, signal }).catch((error: unknown) => {
    throw new IndexDownError('the index cannot be reached', { cause: error })
  })
  if (answer.status >= 500) throw new IndexDownError(`the index answered ${answer.status}`)
  if (!answer.ok) throw new Error(`the index refused the call with ${answer.status}`)
  const { refused } = (await answer.json()) as { refused: string[] }
  return new Set(refused)
}
