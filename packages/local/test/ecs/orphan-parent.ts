// Run by close.test.ts: starts two processes in groups of their own, guards one of them, and waits to be killed.
import { spawn } from 'node:child_process'
import { OrphanGuard } from '../../src/ecs/orphan-guard.js'

const guard = new OrphanGuard()
const pids = [1, 2, 3].map(() => {
  const { pid = 0 } = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  guard.watch(pid)
  return pid
})
const [kept = 0, forgotten = 0, middle = 0] = pids
guard.forget(forgotten)
guard.forget(middle)
process.kill(middle, 'SIGKILL')
process.stdout.write(`${kept} ${forgotten}\n`)
setInterval(() => {}, 1_000)
