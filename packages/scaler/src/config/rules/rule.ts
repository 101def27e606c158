import { durationMs, isDuration } from '@longshore/core/time'
import type { ServiceConfig } from '../service-config.js'

/** A rule between options that a configuration breaks. */
export interface BrokenRule {
  readonly path: readonly string[]
  readonly expected: string
}

/** What a rule reads may be missing or of a wrong type, which is another problem's business. */
export type Loose<T> = T extends readonly (infer Item)[]
  ? readonly Loose<Item>[] | undefined
  : T extends object
    ? { readonly [K in keyof T]?: Loose<T[K]> }
    : T | undefined

/** What is broken, if anything. */
export type Rule = (config: Loose<ServiceConfig>) => readonly BrokenRule[]

/** No problem. */
export const HOLDS: readonly BrokenRule[] = []

export function readableMs(value: unknown): number | undefined {
  return isDuration(value) ? durationMs(value) : undefined
}

/** The items of what should be an array; none when it is something else. */
export function itemsOf<Item>(value: readonly Item[] | undefined): readonly (Item & object)[] {
  if (!Array.isArray(value)) return []
  return value.filter((item): item is Item & object => typeof item === 'object' && item !== null)
}

/** Where names repeat: the path of each that was there before. */
export function repeated(
  names: readonly unknown[],
  pathOf: (index: number) => readonly string[],
): BrokenRule[] {
  return names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index
      ? [{ path: pathOf(index), expected: 'a name that no other one has' }]
      : [],
  )
}
