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

/** Colours on a terminal, unless NO_COLOR (https://no-color.org) is set to anything. */
export function createStyle({ stdout, env }: Pick<Io, 'stdout' | 'env'>): Style {
  const isColoured = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
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
