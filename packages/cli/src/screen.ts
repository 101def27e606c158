import { stripVTControlCharacters } from 'node:util'
import type { Output } from './io.js'

// xterm's control sequences: the alternate screen, so that what stood there before comes back, and a hidden cursor.
const ENTER = '\u001B[?1049h\u001B[?25l'
const LEAVE = '\u001B[?25h\u001B[?1049l'
// Home, each line to its end, and all below erased once the new text is there: no flicker.
const HOME = '\u001B[H'
const ERASE_LINE = '\u001B[K'
const ERASE_BELOW = '\u001B[J'

/** Shows a text in place of the one before it. */
export interface Screen {
  show(text: string): void
  /** Gives the terminal back, with the last text on it. */
  close(): void
}

/**
 * A screen of a terminal; it begins with the first text, and `footer` stands below all of them while it lasts. Elsewhere
 * each text stands below the one before.
 */
export function createScreen(output: Output, footer: string): Screen {
  if (output.isTTY !== true) return { show: (text) => void output.write(`${text}\n`), close: () => undefined }
  let last: string | undefined
  return {
    show(text) {
      const enter = last === undefined ? ENTER : ''
      last = text
      const lines = fitting([...text.split('\n'), '', footer], output).map((line) => line + ERASE_LINE)
      output.write(`${enter}${HOME}${lines.join('\r\n')}${ERASE_BELOW}`)
    },
    close() {
      if (last !== undefined) output.write(`${LEAVE}${last}\n`)
    },
  }
}

/** The first lines, as many as there is room for: a screen that scrolled would lose its top. */
function fitting(lines: readonly string[], { rows = 24, columns = 80 }: Output): string[] {
  const heights = lines.map((line) => {
    return Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns))
  })
  const heightOf = (count: number): number => heights.slice(0, count).reduce((sum, height) => sum + height, 0)
  if (heightOf(lines.length) <= rows) return [...lines]
  let count = lines.length
  while (count > 0 && heightOf(count) > rows - 1) count -= 1
  return [...lines.slice(0, count), `… ${lines.length - count} more lines: make the window taller.`]
}
