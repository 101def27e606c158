import { expect, it } from 'vitest'
import type { Output } from '../src/io.js'
import { createScreen } from '../src/screen.js'

function terminal(size: Partial<Output> = {}): Output & { written: string } {
  const output = {
    isTTY: true,
    ...size,
    written: '',
    write: (text: string) => void (output.written += text),
  }
  return output
}

/** What is written, the escape character as `^`. */
const seen = ({ written }: { written: string }): string => written.replaceAll('\u001B', '^')

it('shows each text in place of the one before, and leaves the last one where the terminal was', () => {
  const output = terminal()
  const screen = createScreen(output, 'Ctrl-C ends.')
  screen.show('one\ntwo')
  expect(seen(output)).toBe('^[?1049h^[?25l^[Hone^[K\r\ntwo^[K\r\n^[K\r\nCtrl-C ends.^[K^[J')
  output.written = ''
  screen.show('three')
  expect(seen(output)).toBe('^[Hthree^[K\r\n^[K\r\nCtrl-C ends.^[K^[J')
  output.written = ''
  screen.close()
  expect(seen(output)).toBe('^[?25h^[?1049lthree\n')
})

it('shows as much as there is room for, with lines that wrap, and says how much is missing', () => {
  const output = terminal({ rows: 4, columns: 10 })
  const bold = '\u001B[1m0123456789\u001B[22m'
  createScreen(output, 'end').show([bold, 'wraps to two', 'third', 'fourth'].join('\n'))
  expect(seen(output)).toContain(
    '0123456789^[22m^[K\r\nwraps to two^[K\r\n… 4 more lines: make the window taller.',
  )
  expect(output.written).not.toContain('third')
})

it('writes one text below the other where there is no terminal, and leaves alone one that it never used', () => {
  const file = terminal({ isTTY: false })
  const screen = createScreen(file, 'Ctrl-C ends.')
  screen.show('one')
  screen.show('two')
  screen.close()
  expect(file.written).toBe('one\ntwo\n')
  const unused = terminal()
  createScreen(unused, '').close()
  expect(unused.written).toBe('')
})
