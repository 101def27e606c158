import { styleText } from 'node:util'

/** One look at the running system. */
export interface Frame {
  readonly seconds: number
  readonly visible: number
  readonly inFlight: number
  readonly waitSeconds: number | undefined
  readonly desired: number
  readonly running: number
  readonly handled: number
  readonly sent: number
  readonly perSecond: number
  readonly callsPerMessage: number | undefined
  readonly note: string
}

/** Shows frames as they come, and notes as they happen. */
export interface View {
  note(text: string): void
  show(frame: Frame): void
  /** Leaves the cursor below what was drawn. */
  end(): void
}

const BARS = ' ▁▂▃▄▅▆▇█'
const HISTORY = 60
const PLAIN_EVERY_SECONDS = 2

/** A redrawn panel on a terminal, a line every two seconds elsewhere. */
export function createView(stream: NodeJS.WriteStream): View {
  return stream.isTTY ? terminalView(stream) : plainView(stream)
}

function plainView(stream: NodeJS.WriteStream): View {
  let shownAt = -PLAIN_EVERY_SECONDS
  return {
    note: (text) => void stream.write(`${text}\n`),
    show(frame) {
      if (frame.seconds - shownAt < PLAIN_EVERY_SECONDS) return
      shownAt = frame.seconds
      stream.write(
        `${clock(frame.seconds)}  backlog ${pad(frame.visible, 5)}  in flight ${pad(frame.inFlight, 4)}  ` +
          `wait ${pad(wait(frame), 6)}  tasks ${frame.running}/${frame.desired}  ` +
          `rate ${pad(Math.round(frame.perSecond), 4)}/s  calls/message ${calls(frame)}\n`,
      )
    },
    end: () => {},
  }
}

function terminalView(stream: NodeJS.WriteStream): View {
  const color = (format: Parameters<typeof styleText>[0], text: string): string =>
    process.env.NO_COLOR ? text : styleText(format, text)
  const backlog: number[] = []
  const tasks: number[] = []
  const notes: string[] = []
  let drawn = 0

  const draw = (lines: readonly string[]): void => {
    const width = stream.columns || 80
    const up = drawn > 0 ? `\u001B[${drawn}A\u001B[0J` : ''
    stream.write(up + lines.map((line) => clip(line, width)).join('\n') + '\n')
    drawn = lines.length
  }

  return {
    note: (text) => {
      if (drawn > 0) notes.push(text)
      else stream.write(`${text}\n`)
    },
    show(frame) {
      remember(backlog, frame.visible)
      remember(tasks, frame.running)
      draw([
        `${color('bold', 'longshore quickstart')}  ${clock(frame.seconds)}  ${color('dim', frame.note)}`,
        '',
        `  backlog  ${pad(frame.visible, 6)}   ${color('yellow', sparkline(backlog))}`,
        `  tasks    ${pad(`${frame.running}/${frame.desired}`, 6)}   ${color('green', sparkline(tasks, 8))}`,
        `  wait     ${pad(wait(frame), 6)}   in flight ${frame.inFlight}`,
        `  rate     ${pad(Math.round(frame.perSecond), 6)}/s handled ${frame.handled} of ${frame.sent} sent`,
        `  calls    ${pad(calls(frame), 6)}   per message, to receive, extend and delete`,
        '',
        ...notes.slice(-4).map((note) => color('dim', `  ${note}`)),
      ])
    },
    end: () => void (drawn = 0),
  }
}

function remember(values: number[], value: number): void {
  values.push(value)
  if (values.length > HISTORY) values.shift()
}

function sparkline(values: readonly number[], least = 1): string {
  const top = Math.max(least, ...values)
  return values.map((value) => BARS[value > 0 ? Math.max(1, Math.round((value / top) * 8)) : 0]).join('')
}

function clock(seconds: number): string {
  return `${pad(seconds.toFixed(0), 3)} s`
}

function wait(frame: Frame): string {
  return frame.waitSeconds === undefined ? '–' : `${frame.waitSeconds.toFixed(1)} s`
}

function calls(frame: Frame): string {
  return frame.callsPerMessage === undefined ? '–' : frame.callsPerMessage.toFixed(2)
}

function pad(value: number | string, width: number): string {
  return String(value).padStart(width)
}

/** Cuts a line to the width of the screen; escape sequences take no room there. */
function clip(line: string, width: number): string {
  let room = width
  const kept = line.split(ESCAPE).map((part) => {
    const isEscape = part.startsWith('\u001B')
    const characters = isEscape ? [part] : Array.from(part).slice(0, Math.max(0, room))
    if (!isEscape) room -= characters.length
    return characters.join('')
  })
  return kept.join('')
}

// Written as text: a control character in a pattern reads like a mistake.
const ESCAPE = new RegExp(String.raw`(\u001B\[[\d;]*m)`)
