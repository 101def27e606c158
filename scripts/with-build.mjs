// Installs what the lockfile names, builds what changed, then runs the command given.
// It needs Node and npm only, says what it does on stderr, and costs under a second when there is nothing to do.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'node_modules', '.longshore-install')

requireNode()
// Two runs at once (a second terminal) may both install; pnpm takes its own lock.
if (!isInstalled()) install()
build()
await run(process.argv.slice(2))

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(
    `Longshore needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and try again.`,
  )
}

/** What the installed tree must be equal to: every manifest, the lockfile, and the Node that ran the install. */
function manifestDigest() {
  const hash = createHash('sha256').update(process.versions.modules)
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']
  for (const room of ['packages', 'examples']) {
    for (const entry of readdirSync(join(root, room)).sort())
      manifests.push(join(room, entry, 'package.json'))
  }
  for (const path of manifests) {
    if (existsSync(join(root, path))) hash.update(path).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === manifestDigest()
}

function install() {
  const pnpm = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
  process.stderr.write(`longshore: installing dependencies with ${pnpm}\n`)
  const frozen = existsSync(join(root, 'pnpm-lock.yaml')) && process.env.LONGSHORE_UPDATE_LOCKFILE !== '1'
  const args = [
    '-y',
    pnpm,
    'install',
    frozen ? '--frozen-lockfile' : '--no-frozen-lockfile',
    '--reporter=append-only',
  ]
  const { status } = spawnSync('npx', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0)
    fail('The install failed; its output is above. Once it is mended, run the same command again.')
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, manifestDigest())
}

function build() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-b'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) fail('The build failed; the compiler’s findings are above.')
}

async function run([command, ...args]) {
  if (command === undefined) return
  const bin = join(root, 'node_modules', '.bin')
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }
  const child = spawn(command === 'node' ? process.execPath : command, args.map(atRoot), {
    env,
    stdio: 'inherit',
  })
  // A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone is handed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  const [code, signal] = await new Promise((done) => {
    child.on('error', (error) => fail(`Could not start ${command}: ${error.message}`))
    child.on('exit', (...how) => done(how))
  })
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
}

/** Scripts name the project's own files from its root, whatever folder the command was called in. */
function atRoot(argument) {
  return /^(packages|examples|scripts|test)\//.test(argument) && existsSync(join(root, argument))
    ? join(root, argument)
    : argument
}

function fail(message) {
  process.stderr.write(`longshore: ${message}\n`)
  process.exit(1)
}
