import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Reads `+pid` and `-pid` lines. Its input ends when this process does, however that happens, SIGKILL included:
 * it then kills the groups still listed.
 */
const SCRIPT = `
groups=" "
while read -r line; do
  pid=\${line#?}
  case $line in
    +*) groups="$groups$pid " ;;
    -*) groups="\${groups%% $pid *} \${groups#* $pid }" ;;
  esac
done
for pid in $groups; do kill -s KILL -- "-$pid" 2>/dev/null; done
exit 0
`

/** Sees to it that no task outlives this process, though each is the leader of its own process group. */
export class OrphanGuard {
  #shell: ChildProcess | undefined

  /** Kills the process group `pid` should this process end before {@link forget} is called. */
  watch(pid: number): void {
    this.#shell ??= start()
    this.#tell(`+${pid}\n`)
  }

  forget(pid: number): void {
    this.#tell(`-${pid}\n`)
  }

  async close(): Promise<void> {
    const shell = this.#shell
    this.#shell = undefined
    if (shell === undefined || shell.exitCode !== null || shell.signalCode !== null) return
    const exited = once(shell, 'exit')
    shell.stdin?.end()
    await exited
  }

  #tell(line: string): void {
    if (this.#shell?.stdin?.writable === true) this.#shell.stdin.write(line)
  }
}

function start(): ChildProcess {
  // Its own group: a terminal's Ctrl-C must not end it before it has done its work.
  const shell = spawn('sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  // A guard that cannot run, or was killed, leaves tasks as they are; nothing else depends on it.
  shell.on('error', () => {})
  shell.stdin?.on('error', () => {})
  shell.unref()
  return shell
}
