// Runs an example on this machine: `npm run example -- orders`. Without a name it lists them.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const examples = resolve(dirname(fileURLToPath(import.meta.url)), '../examples')
const play = (name) => join(examples, name, 'dist/local.js')
const known = readdirSync(examples).filter((name) => existsSync(play(name)))

const [name, ...rest] = process.argv.slice(2)
if (name === undefined || name === '--help') {
  console.log(`npm run example -- <name>, one of:\n${known.map(described).join('\n')}`)
} else if (!known.includes(name) || rest.length > 0) {
  const found = rest.length > 0 ? `'${name} ${rest.join(' ')}'` : `'${name}'`
  console.error(`Expected the name of an example (${known.join(', ')}), got ${found}.`)
  process.exitCode = 2
} else {
  // Ctrl-C reaches the example as well, which stops its tasks; what it exits with is what this exits with.
  process.on('SIGINT', () => {})
  const child = spawn(process.execPath, [play(name)], { stdio: 'inherit' })
  child.on('exit', (code) => (process.exitCode = code ?? 1))
}

function described(known) {
  const { description } = JSON.parse(readFileSync(join(examples, known, 'package.json'), 'utf8'))
  return `  ${known.padEnd(12)} ${description}`
}
