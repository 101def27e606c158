import type { Io } from './io.js'

/** Colours a text, or leaves it as it is where colours are off. */
export type Paint = (text: string) => string

/** Colours by what they mean. */
export interface Style {
  readonly added: Paint
  readonly changed: Paint
  readonly bad: Paint
  readonly strong: Paint
  readonly faint: Paint
}

/** Colours on a terminal. NO_COLOR (https://no-color.org), set to anything, ends that; FORCE_COLOR asks for them anywhere. */
export function createStyle({ stdout, env }: Pick<Io, 'stdout' | 'env'>): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = env
  const isForced = FORCE_COLOR !== undefined && !['', '0', 'false'].includes(FORCE_COLOR)
  const isAble = stdout.isTTY === true && TERM !== 'dumb' && (FORCE_COLOR ?? '') === ''
  const isColoured = !NO_COLOR && (isForced || isAble)
  const paint =
    (on: number, off: number): Paint =>
    (text) =>
      isColoured ? `\u001B[${on}m${text}\u001B[${off}m` : text
  return {
    added: paint(32, 39),
    changed: paint(33, 39),
    bad: paint(31, 39),
    strong: paint(1, 22),
    faint: paint(2, 22),
  }
}
