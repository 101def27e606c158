// Removes what builds and installs have made; sources and the lockfile stay.
import { readdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const made = ['node_modules', '.cache', 'test/system/fixtures/dist']
for (const room of ['packages', 'examples']) {
  for (const entry of readdirSync(join(root, room))) {
    for (const folder of ['node_modules', 'dist', 'out']) made.push(join(room, entry, folder))
  }
}
for (const path of made) rmSync(join(root, path), { recursive: true, force: true })
