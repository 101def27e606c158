import { expect, test } from 'vitest'
import { LineSplitter } from '../../src/ecs/output.js'

test('a line is whole however its text arrives', () => {
  const lines = new LineSplitter()
  expect(lines.push('a')).toEqual([])
  expect(lines.push('b\r')).toEqual([])
  expect(lines.push('\nc\n\nd')).toEqual(['ab', 'c', ''])
  expect(lines.flush()).toEqual(['d'])
  expect(lines.flush()).toEqual([])
})

test('a line without end is cut, so that it needs no more memory than one piece', () => {
  const lines = new LineSplitter()
  const pieces = lines.push('x'.repeat(40_000))
  expect(pieces.map(({ length }) => length)).toEqual([16_384, 16_384])
  expect(lines.flush()).toEqual(['x'.repeat(40_000 - 2 * 16_384)])
})
