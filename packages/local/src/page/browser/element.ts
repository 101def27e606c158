import type { DomEvent } from './dom.js'

export type Handler = (event: DomEvent) => void

/** What an element has: attributes by their HTML names, handlers as `onclick`. `undefined` and `false` leave one out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined | Handler>>

/** An element as it should be. Views are functions that return these; mount.ts brings the document up to them. */
export interface ElementNode {
  readonly tag: string
  /** Tells it from its siblings, so that it stays the same element when others come and go. */
  readonly key: string | undefined
  readonly attributes: Attributes
  readonly children: readonly PageNode[]
}

export type PageNode = ElementNode | string

export type Child = PageNode | number | false | undefined | readonly Child[]

/** `key` is the node's key; every other attribute is the element's. */
export function h(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): ElementNode {
  const { key, ...rest } = attributes
  return {
    tag,
    key: typeof key === 'string' || typeof key === 'number' ? String(key) : undefined,
    attributes: rest,
    children: flat(children),
  }
}

function flat(children: readonly Child[]): PageNode[] {
  const nodes: PageNode[] = []
  for (const child of children) {
    if (child === undefined || child === false) continue
    if (typeof child === 'number') nodes.push(String(child))
    else if (typeof child === 'string' || 'tag' in child) nodes.push(child)
    else nodes.push(...flat(child))
  }
  return nodes
}
