// The life of the server's process, with a stand-in that answers as LocalStack's health does.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LOCALSTACK_VERSION, type HostInstall } from './host-install.js'
import { startOnHost } from './server.js'

let cache: string

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'longshore-server-'))
  mkdirSync(join(cache, `localstack-${LOCALSTACK_VERSION}`))
})
afterEach(() => rmSync(cache, { recursive: true, force: true }))

/** An install whose interpreter runs this shell script. */
function install(script: string): HostInstall {
  const python = join(cache, 'python')
  writeFileSync(python, `#!/bin/sh\n${script}\n`)
  chmodSync(python, 0o755)
  return { python, description: 'here' }
}

const healthy = (services: string): string =>
  `echo $$ > ${cache}/pid; exec ${process.execPath} -e '
    const [, port] = /\\]:(\\d+)$/.exec(process.env.GATEWAY_LISTEN)
    require("http").createServer((request, response) => response.end(JSON.stringify({ services: ${services} })))
      .listen(port, "::1")
    process.stdin.resume()'`

const isAlive = (group: number): boolean => {
  try {
    return process.kill(-group, 0)
  } catch {
    return false
  }
}

test('is ready when SQS is, on the IPv6 loopback, and is gone when stopped', async () => {
  const { signal } = new AbortController()
  const server = await startOnHost(install(healthy('{ sqs: "available" }')), { cache, signal })
  expect(server.endpoint).toMatch(/^http:\/\/\[::1\]:\d+$/)
  const group = Number(readFileSync(join(cache, 'pid'), 'utf8'))
  expect(isAlive(group)).toBe(true)
  await server.stop()
  expect(isAlive(group)).toBe(false)
})

test('says what a server that ends while starting said last', async () => {
  const { signal } = new AbortController()
  const starting = startOnHost(install('echo "no module named cbor2"; exit 3'), { cache, signal })
  await expect(starting).rejects.toThrow(/ended while starting[^]*no module named cbor2/)
})

test('gives up at once when told to stop, and leaves nothing behind', async () => {
  const stopping = new AbortController()
  const starting = startOnHost(install(healthy('{}')), { cache, signal: stopping.signal })
  const reason = new Error('stopped by SIGINT')
  stopping.abort(reason)
  await expect(starting).rejects.toBe(reason)
})
