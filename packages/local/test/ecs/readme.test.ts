import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { localEcs } from './local-ecs.js'

const local = localEcs()
afterAll(() => local.ecs.close())

test('the README lists every operation and every command of ECS', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const section = readme.split('\n## ECS\n')[1]?.split('\n## ')[0] ?? ''
  const [operations = ''] = section.split('Any other operation')
  const named = (text: string, form: RegExp): string[] =>
    Array.from(text.matchAll(form), ([, name = '']) => name).toSorted()
  expect(named(operations, /`(\w+)`/g)).toEqual(Object.keys(local.ecs.operations).toSorted())
  expect(named(section, /POST \/_longshore\/ecs\/([a-z-]+)/g)).toEqual(
    Object.keys(local.ecs.commands).toSorted(),
  )
})
