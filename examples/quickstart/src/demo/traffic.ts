import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Producer } from '@longshore/core'
import type { Document } from '../queue.js'
import { summarize } from '../summarize.js'

const FILES = 64
const WORDS_PER_FILE = 900
const STREAM_TICK_MS = 100

/** The input of the demo: files of text, and the digest each summary must carry. */
export interface Corpus {
  readonly files: readonly { readonly path: string; readonly sha256: string }[]
}

/** Writes the input files. The text is the same in every run. */
export async function writeCorpus(folder: string): Promise<Corpus> {
  await mkdir(folder, { recursive: true })
  const vocabulary =
    'quay crane hold berth tide cargo manifest ledger rope lantern ship harbour night watch'.split(' ')
  const files = []
  for (let file = 0; file < FILES; file += 1) {
    const words = Array.from(
      { length: WORDS_PER_FILE },
      (_, n) => vocabulary[(n * n + file * n + file) % vocabulary.length],
    )
    const text = `Document ${file}. ${words.join(' ')}`
    const path = join(folder, `document-${file}.txt`)
    await writeFile(path, text)
    files.push({ path, sha256: summarize(text).sha256 })
  }
  return { files }
}

/** Sends documents, and remembers which of them SQS has confirmed. */
export class Traffic {
  readonly #producer: Producer<Document>
  readonly #corpus: Corpus
  readonly #sent = new Map<string, string>()
  readonly #underway = new Set<Promise<void>>()
  #next = 0
  #failure: Error | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(producer: Producer<Document>, corpus: Corpus) {
    this.#producer = producer
    this.#corpus = corpus
  }

  /** Ids that SQS has taken, each with the digest its result must carry. */
  get sent(): ReadonlyMap<string, string> {
    return this.#sent
  }

  /** The first send that failed for good, if any. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Starts a steady stream of `rate` messages per second. */
  startStream(rate: number): void {
    const started = performance.now()
    let streamed = 0
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - started) / 1000) * rate)
      this.send(due - streamed)
      streamed = due
    }, STREAM_TICK_MS)
  }

  /** Hands `count` messages to the producer. */
  send(count: number): void {
    for (let n = 0; n < count; n += 1) this.#sendOne()
  }

  /** Ends the stream and waits until every message handed over is confirmed or has failed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.allSettled(this.#underway)
  }

  #sendOne(): void {
    const id = String(this.#next).padStart(6, '0')
    const file = this.#corpus.files[this.#next % this.#corpus.files.length]
    this.#next += 1
    if (file === undefined) return
    const sending = this.#producer.send({ id, file: file.path }).then(
      () => void this.#sent.set(id, file.sha256),
      (error: Error) => void (this.#failure ??= error),
    )
    this.#underway.add(sending)
    void sending.finally(() => this.#underway.delete(sending))
  }
}
