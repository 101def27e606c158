import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { UsageError } from '../exit.js'

/** A value of a YAML file that knows where it stands, so that what is wrong with it can be said. */
export class Node {
  readonly value: unknown
  readonly #file: string
  readonly #path: string

  constructor(value: unknown, file: string, path = '') {
    this.value = value
    this.#file = file
    this.#path = path
  }

  /** The value under a key; its value is undefined where there is none. */
  at(...keys: readonly string[]): Node {
    let value = this.value
    for (const key of keys) {
      value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
    }
    return new Node(value, this.#file, [this.#path, ...keys].filter((key) => key !== '').join('.'))
  }

  get isThere(): boolean {
    return this.value !== undefined && this.value !== null
  }

  items(): Node[] {
    if (!Array.isArray(this.value)) return []
    return this.value.map((value, index) => new Node(value, this.#file, `${this.#path}[${index}]`))
  }

  /** A text; undefined where there is none. */
  text(): string | undefined {
    if (!this.isThere) return undefined
    if (typeof this.value === 'string' && this.value !== '') return this.value
    return this.refuse('a text')
  }

  /** A whole number, which YAML may have as a text; undefined where there is none. */
  number(): number | undefined {
    if (!this.isThere) return undefined
    const number = Number(this.value)
    if (this.value !== '' && Number.isInteger(number) && number >= 0) return number
    return this.refuse('a whole number')
  }

  /** @throws UsageError that says where the value stands, what was expected and what was found. */
  refuse(expected: string): never {
    const got = this.isThere ? JSON.stringify(this.value) : 'nothing'
    const at = this.#path === '' ? '' : ` ${this.#path}:`
    throw new UsageError(`${this.#file}:${at} expected ${expected}, got ${got}.`)
  }
}

/**
 * The documents of a YAML file.
 *
 * @throws UsageError when it cannot be read, or is no YAML.
 */
export function readManifest(file: string, cwd: string): Node[] {
  let text: string
  try {
    text = readFileSync(resolve(cwd, file), 'utf8')
  } catch (error) {
    const { code = 'it cannot be read' } = error as NodeJS.ErrnoException
    throw new UsageError(`${file}: expected a file that can be read, got ${code}.`)
  }
  return parseAllDocuments(text).flatMap((document) => {
    if (!('errors' in document)) return []
    const [problem] = document.errors
    if (problem !== undefined) throw new UsageError(`${file} is no YAML: ${problem.message.split('\n')[0]}`)
    const value: unknown = document.toJS()
    return value === null ? [] : [new Node(value, file)]
  })
}
