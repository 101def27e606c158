// `npm run bench -- <name>`: measures on this machine, in one run, and prints ratios. Figures of two runs don't compare.
import { helpOf, readArguments } from './arguments.js'
import type { Bench } from './bench.js'
import { idle } from './idle.js'
import { light } from './light.js'
import { local } from './local.js'
import { memory } from './memory.js'
import { skewed } from './skewed.js'
import { soak } from './soak.js'
import { throughput } from './throughput.js'

const BENCHES: Readonly<Record<string, Bench>> = { skewed, throughput, light, idle, memory, soak, local }

// Every process that makes a client would say it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)))
}
const print = (line: string): void => void process.stdout.write(`${line}\n`)
const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
  if (bench === undefined) {
    const list = Object.entries(BENCHES).map(([each, { summary }]) => `  ${each.padEnd(12)}${summary}`)
    print(['npm run bench -- <name> [--json] [--help]', ...list].join('\n'))
    return name === '' || name === '--help' ? 0 : 2
  }
  const { json, help, flags } = readArguments(args, bench)
  if (help) {
    print(helpOf(name, bench))
    return 0
  }
  const findings = await bench.run({ flags, signal: stopping.signal, say })
  print(json ? JSON.stringify(findings.json) : findings.text)
  return 0
}
