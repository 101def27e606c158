// What the examples ship is what the linter would have them be.
import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { lint } from '@longshore/scaler'
import type { Service } from '@longshore/scaler'
import { expect, it } from 'vitest'

const EXAMPLES = resolve(import.meta.dirname, '../examples')
const configs = readdirSync(EXAMPLES)
  .map((name) => resolve(EXAMPLES, name, 'longshore.config.ts'))
  .filter((path) => existsSync(path))

it('finds no mistake in any example', async () => {
  expect(configs.length).toBeGreaterThanOrEqual(3)
  for (const path of configs) {
    const { default: exported } = (await import(pathToFileURL(path).href)) as {
      default: Service | readonly Service[]
    }
    const services = 'service' in exported ? [exported] : exported
    const codes = services.flatMap((service) => lint(service).map(({ code }) => code))
    // Their waits are short so that a laptop shows them at work; the note on that is what a reader should see.
    expect(new Set(codes), path).toEqual(new Set(codes.filter((code) => code === 'objective-too-tight')))
  }
})
