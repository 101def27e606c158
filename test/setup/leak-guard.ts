// Fails a test file that leaves a timer, socket, server or child process behind: what leaks here leaks in services.
import { afterAll, beforeAll } from 'vitest'

const GUARDED = new Set([
  'Timeout',
  'Immediate',
  'TCPServerWrap',
  'TCPSocketWrap',
  'TCPWRAP',
  'TCPSERVERWRAP',
  'ProcessWrap',
  'PROCESSWRAP',
  'MessagePort',
  'Worker',
])
const SETTLE_MS = 10_000
const POLL_MS = 20

let before: Map<string, number>

beforeAll(() => {
  before = countResources()
})

afterAll(async () => {
  const deadline = performance.now() + SETTLE_MS
  let leaks = leaked()
  // Sockets close a turn or two after their owner does.
  while (leaks.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    leaks = leaked()
  }
  if (leaks.length > 0)
    throw new Error(`This test file leaves open: ${leaks.join(', ')}. Close what it opened.`)
}, SETTLE_MS + 5_000)

function leaked(): string[] {
  const leaks: string[] = []
  for (const [type, count] of countResources()) {
    const extra = count - (before.get(type) ?? 0)
    if (extra > 0) leaks.push(`${extra} × ${type}`)
  }
  return leaks
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const type of process.getActiveResourcesInfo()) {
    if (GUARDED.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}
