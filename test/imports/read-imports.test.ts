import { expect, test } from 'vitest'
import { readImports } from './read-imports.js'

const specifiers = (source: string): string[] => readImports(source).map(({ specifier }) => specifier)

test('finds every form of import, with its line', () => {
  const source = `import a from './a.js'
import * as b from "./b.js"
import {
  c,
  type C,
} from './c.js'
import './d.js'
export { e } from './e.js'
export * from './f.js'
export * as g from './g.js'
const h = await import('./h.js'), i = require('./i.js')
type J = import('./j.js').J
const k = import.meta.resolve(\`./k.js\`)
`
  expect(readImports(source).map(({ specifier, line }) => `${line} ${specifier}`)).toEqual([
    '1 ./a.js',
    '2 ./b.js',
    '3 ./c.js',
    '7 ./d.js',
    '8 ./e.js',
    '9 ./f.js',
    '10 ./g.js',
    '11 ./h.js',
    '11 ./i.js',
    '12 ./j.js',
    '13 ./k.js',
  ])
})

test('tells the imports that vanish after compiling from those that stay', () => {
  const source = `import type { A } from './a.js'
export type { B } from './b.js'
import { type C } from './c.js'
import type from './d.js'
import type, { e } from './e.js'`
  expect(readImports(source).map(({ isTypeOnly }) => isTypeOnly)).toEqual([true, true, false, false, false])
})

test('reads no import in comments, strings, templates and regular expressions', () => {
  expect(
    specifiers(`
// import a from './a.js'
/* import b from './b.js'
   import './b2.js' */
const c = "import c from './c.js'", d = 'it\\'s import("./d.js")'
const e = \`import e from './e.js' \${nested({ in: \`import './f.js'\` })} import './g.js'\`
const h = /import '.\\/h.js'["'\`]/.test(text) || a / b / c
const i = { from: './i.js', import: './j.js' }
object.import('./k.js')
`),
  ).toEqual([])
})

test('reads on behind what is easily misread', () => {
  expect(
    specifiers(`
const division = (a + b) / 2 // 'an apostrophe
const quote = /[/'"\`]/
const brace = \`\${{ a: '}' }.a}\` + \`$\` + '\${'
const long = a /* ${'-'.repeat(80)} */ / b
import { real } from './real.js'
export const exported = 1
import again from './again.js' with { type: 'json' }
`),
  ).toEqual(['./real.js', './again.js'])
})
