import { createHash } from 'node:crypto'

/** What is kept of a document. */
export interface Summary {
  readonly words: number
  /** The five most frequent words, most frequent first; ties in alphabetical order. */
  readonly topWords: readonly string[]
  readonly sha256: string
}

const TOP = 5

/** Counts the words of a text and takes its digest. */
export function summarize(text: string): Summary {
  const counts = new Map<string, number>()
  let words = 0
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1)
    words += 1
  }
  const ranked = [...counts].toSorted(([a, n], [b, m]) => m - n || a.localeCompare(b))
  return {
    words,
    topWords: ranked.slice(0, TOP).map(([word]) => word),
    sha256: createHash('sha256').update(text).digest('hex'),
  }
}
