import { readFile } from 'node:fs/promises'

// The modules that run in the browser lie beside this one, compiled like every other.
const FOLDER = new URL('./browser/', import.meta.url)
const NAME = /^[a-z][a-z-]*\.js$/

/** One of the page's browser modules, by its file name; undefined when there is none. */
export async function readScript(name: string): Promise<string | undefined> {
  if (!NAME.test(name)) return undefined
  try {
    return await readFile(new URL(name, FOLDER), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
