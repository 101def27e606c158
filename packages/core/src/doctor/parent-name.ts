import { readFile } from 'node:fs/promises'

/** The name of the program that started this one, where the system tells (Linux does). */
export async function readParentName(): Promise<string | undefined> {
  try {
    return (await readFile(`/proc/${process.ppid}/comm`, 'utf8')).trim()
  } catch {
    return undefined
  }
}
